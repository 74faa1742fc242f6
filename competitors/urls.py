"""The addresses of 竞争对手 and 业界动态."""

from django.urls import path

from competitors.forms import CompetitorForm, EncounterForm, MetForm, NewsItemForm
from competitors.models import Competitor, Encounter
from competitors.views import competitors, encounters, news
from crm.papers.urls import paper_urls
from crm.views import record_urls

met = encounters.EncounterMet.as_view(model=Encounter, form_class=MetForm)

urlpatterns = [
    path("encounters/met/", met, name="encounter_met_create"),
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
    path("news/reading/", news.NewsReading.as_view(), name="news_reading"),
    path(
        "news/<int:pk>/reading/",
        news.NewsItemReading.as_view(),
        name="newsitem_reading",
    ),
    path("news/<int:pk>/named/", news.NewsItemNamed.as_view(), name="newsitem_named"),
    path("news/<int:pk>/link/", news.NewsItemLink.as_view(), name="newsitem_link"),
]
