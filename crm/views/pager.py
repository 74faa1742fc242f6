"""The addresses of the other pages of a list."""

from django.utils.http import urlencode

from crm.lists.list_query import OF_A_PAGE


def pager(request, page, numbers):
    """Return the addresses of other pages as templates/parts/pagination.html has them.

    Args:
        request: whose conditions stay.
        page: the page that is shown.
        numbers: of the pages to link to, None for a gap.
    """
    rest = request.GET.copy()
    for key in OF_A_PAGE:
        rest.pop(key, None)
    kept = rest.urlencode()

    def address(**keys):
        query = urlencode(keys)
        return f"{request.path}?{kept}&{query}" if kept else f"{request.path}?{query}"

    keys_of = getattr(
        page, "keys_of_neighbour", lambda step: {"page": page.number + step}
    )
    return {
        "links": [
            {"number": number, "url": address(page=number)} if number else None
            for number in numbers
        ],
        "previous": address(**keys_of(-1)) if page.has_previous() else None,
        "next": address(**keys_of(1)) if page.has_next() else None,
        "last": address(page="last"),
        "exact": address(page=page.number, total="exact"),
        "many": page.has_previous() or page.has_next(),
    }
