"""The forms of pools."""

from customers.models import Pool
from system.pages import ModelCreate, ModelDelete, ModelUpdate
from system.pools.forms import PoolForm


class PoolCreate(ModelCreate):
    """Add a pool."""

    model = Pool
    form_class = PoolForm


class PoolUpdate(ModelUpdate):
    """Set a pool."""

    model = Pool
    form_class = PoolForm


class PoolDelete(ModelDelete):
    """Delete a pool in which nothing ever was."""

    model = Pool
