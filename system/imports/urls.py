"""The addresses of imports: one door per kind, then the steps of one import."""

from django.urls import path

from crm.kinds import imported
from system.imports import previews, reports, upload, views

urlpatterns = [
    path("system/imports/", views.ImportList.as_view(), name="import_list"),
    path("system/imports/<int:pk>/", reports.Report.as_view(), name="import_detail"),
    path(
        "system/imports/<int:pk>/mapping/",
        views.Mapping.as_view(),
        name="import_mapping",
    ),
    path(
        "system/imports/<int:pk>/reading/",
        views.Reading.as_view(),
        name="import_reading",
    ),
    path(
        "system/imports/<int:pk>/preview/",
        previews.Preview.as_view(),
        name="import_preview",
    ),
    path(
        "system/imports/<int:pk>/shares/",
        previews.Shares.as_view(),
        name="import_shares",
    ),
    path(
        "system/imports/<int:pk>/words/", previews.Words.as_view(), name="import_words"
    ),
    path("system/imports/<int:pk>/run/", previews.Run.as_view(), name="import_run"),
    path(
        "system/imports/<int:pk>/cancel/",
        views.Cancel.as_view(),
        name="import_cancel",
    ),
    path("system/imports/<int:pk>/undo/", reports.Undo.as_view(), name="import_undo"),
    path(
        "system/imports/<int:pk>/refused/",
        reports.Refused.as_view(),
        name="import_refused",
    ),
    path(
        "system/imports/<int:pk>/taken/", reports.Taken.as_view(), name="import_taken"
    ),
]
for model in imported():
    segment, name = model.segment, model._meta.model_name
    urlpatterns += [
        path(
            f"{segment}/import/",
            upload.Upload.as_view(model=model),
            name=f"{name}_import",
        ),
        path(
            f"{segment}/import/template/",
            upload.Template.as_view(model=model),
            name=f"{name}_import_template",
        ),
    ]
