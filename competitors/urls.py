"""The addresses of 竞争对手 and 业界动态."""

from django.urls import path

from competitors.forms import CompetitorForm, EncounterForm, NewsItemForm
from competitors.models import Competitor
from competitors.views import competitors, encounters, news
from crm.papers.urls import paper_urls
from crm.views import record_urls

urlpatterns = [
    *paper_urls(Competitor),
    *record_urls(
        competitors.CompetitorList,
        competitors.CompetitorDetail,
        CompetitorForm,
        create=competitors.CompetitorCreate,
        update=competitors.CompetitorUpdate,
    ),
    *record_urls(encounters.EncounterList, encounters.EncounterDetail, EncounterForm),
    *record_urls(
        news.NewsItemList,
        news.NewsItemDetail,
        NewsItemForm,
        create=news.NewsItemCreate,
    ),
    path(
        "news/<int:pk>/reading/",
        news.NewsItemReading.as_view(),
        name="newsitem_reading",
    ),
]
