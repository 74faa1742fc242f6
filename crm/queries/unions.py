"""Several queries asked as one."""


def together(parts):
    """Return the rows of several queries of equal columns as one query; () of none.

    Those that find nothing are left out. One that is cut off keeps its order.
    """
    parts = [rows if rows.query.is_sliced else rows.order_by() for rows in parts]
    full = [rows for rows in parts if not rows.query.is_empty()] or parts[:1]
    if not full:
        return ()
    first, *others = full
    return first.union(*others, all=True) if others else first
