"""The addresses of 竞争对手 and 业界动态."""

from django.urls import path

from competitors.models import NewsItem
from competitors.views import competitors, encounters, news
from crm.views.attachments import attachment_urls

urlpatterns = [
    path("competitors/", competitors.CompetitorList.as_view(), name="competitor_list"),
    path(
        "competitors/add/",
        competitors.CompetitorCreate.as_view(),
        name="competitor_create",
    ),
    path(
        "competitors/<int:pk>/",
        competitors.CompetitorDetail.as_view(),
        name="competitor_detail",
    ),
    path(
        "competitors/<int:pk>/edit/",
        competitors.CompetitorUpdate.as_view(),
        name="competitor_update",
    ),
    path(
        "competitors/<int:pk>/delete/",
        competitors.CompetitorDelete.as_view(),
        name="competitor_delete",
    ),
    path("encounters/", encounters.EncounterList.as_view(), name="encounter_list"),
    path(
        "encounters/add/",
        encounters.EncounterCreate.as_view(),
        name="encounter_create",
    ),
    path(
        "encounters/<int:pk>/",
        encounters.EncounterDetail.as_view(),
        name="encounter_detail",
    ),
    path(
        "encounters/<int:pk>/edit/",
        encounters.EncounterUpdate.as_view(),
        name="encounter_update",
    ),
    path(
        "encounters/<int:pk>/delete/",
        encounters.EncounterDelete.as_view(),
        name="encounter_delete",
    ),
    path("news/", news.NewsItemList.as_view(), name="newsitem_list"),
    path("news/add/", news.NewsItemCreate.as_view(), name="newsitem_create"),
    path("news/<int:pk>/", news.NewsItemDetail.as_view(), name="newsitem_detail"),
    path("news/<int:pk>/edit/", news.NewsItemUpdate.as_view(), name="newsitem_update"),
    path(
        "news/<int:pk>/delete/", news.NewsItemDelete.as_view(), name="newsitem_delete"
    ),
    path(
        "news/<int:pk>/reading/",
        news.NewsItemReading.as_view(),
        name="newsitem_reading",
    ),
    *attachment_urls(NewsItem, "news"),
]
