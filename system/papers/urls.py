"""The addresses of the company and of the templates of papers."""

from django.urls import path

from system.papers import company, templates

urlpatterns = [
    path("", templates.TemplateList.as_view(), name="papertemplate_list"),
    path(
        "<int:pk>/edit/",
        templates.TemplateUpdate.as_view(),
        name="papertemplate_update",
    ),
    path(
        "<int:pk>/preview/",
        templates.TemplatePreview.as_view(),
        name="papertemplate_preview",
    ),
    path(
        "<int:pk>/restoration/",
        templates.TemplateRestoration.as_view(),
        name="papertemplate_restoration",
    ),
    path("company/", company.CompanyUpdate.as_view(), name="company_update"),
    path("company/logo/", company.logo, name="company_logo"),
]
