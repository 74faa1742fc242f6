"""客户信息: customers, their file, contacts, relations between them, their teams."""

from customers.models.contacts import Contact
from customers.models.customers import Customer, CustomerAttachment
from customers.models.ownership import Ownership
from customers.models.parts import FileEntry, Membership, Relation
from customers.models.pools import Pool, PoolAdmin, PoolDepartment, PoolMember
from customers.models.recycling import (
    Extension,
    Lock,
    Recycled,
    RecycleRule,
    RecycleRun,
)

__all__ = [
    "Contact",
    "Customer",
    "CustomerAttachment",
    "Extension",
    "FileEntry",
    "Lock",
    "Membership",
    "Ownership",
    "Pool",
    "PoolAdmin",
    "PoolDepartment",
    "PoolMember",
    "RecycleRule",
    "RecycleRun",
    "Recycled",
    "Relation",
]
