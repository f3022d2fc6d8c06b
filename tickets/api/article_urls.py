"""Addresses of the knowledge base's endpoints, below /api/v1/."""

from rest_framework.routers import SimpleRouter

from tickets.api.articles import ArticleViewSet

router = SimpleRouter(use_regex_path=False)
router.register("articles", ArticleViewSet, basename="article")

urlpatterns = router.urls
