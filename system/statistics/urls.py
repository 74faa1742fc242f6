"""The addresses of 统计: a page and a file for each kind that has charts."""

from django.urls import path

from crm.kinds import charted
from system.statistics import views

urlpatterns = [
    path("", views.Statistics.as_view(), name="statistics"),
    path("workbench/", views.WorkbenchCharts.as_view(), name="statistics_workbench"),
]
for model in charted():
    name = model._meta.model_name
    urlpatterns += [
        path(
            f"{model.segment}/",
            views.PartStatistics.as_view(model=model),
            name=f"{name}_statistics",
        ),
        path(
            f"{model.segment}/export/",
            views.PartExport.as_view(model=model),
            name=f"{name}_statistics_export",
        ),
    ]
