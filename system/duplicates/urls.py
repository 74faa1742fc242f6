"""The addresses of duplicates and merges."""

from django.urls import path

from system.duplicates import merges, pairs, side_by_side

urlpatterns = [
    path("duplicates/", pairs.PairList.as_view(), name="duplicate_list"),
    path("duplicates/scan/", pairs.Scan.as_view(), name="duplicate_scan"),
    path(
        "duplicates/<int:pk>/",
        side_by_side.SideBySide.as_view(),
        name="duplicate_detail",
    ),
    path(
        "duplicates/<int:pk>/merge/",
        side_by_side.Merging.as_view(),
        name="duplicate_merge",
    ),
    path(
        "duplicates/<int:pk>/dismissal/",
        side_by_side.Dismissal.as_view(),
        name="duplicate_dismissal",
    ),
    path(
        "duplicates/<int:pk>/reconsideration/",
        side_by_side.Reconsideration.as_view(),
        name="duplicate_reconsideration",
    ),
    path("merges/", merges.MergeList.as_view(), name="merge_list"),
    path("merges/<int:pk>/undo/", merges.Undoing.as_view(), name="merge_undo"),
]
