"""客户信息: customers, their file, contacts, relations between them, their teams."""

from customers.models.collisions import Appeal, Collision, Party, Ruling
from customers.models.contacts import Contact
from customers.models.counterparts import Counterpart
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
from customers.models.registrations import (
    DealRegistration,
    DealRegistrationAttachment,
)

__all__ = [
    "Appeal",
    "Collision",
    "Contact",
    "Counterpart",
    "Customer",
    "CustomerAttachment",
    "DealRegistration",
    "DealRegistrationAttachment",
    "Extension",
    "FileEntry",
    "Lock",
    "Membership",
    "Ownership",
    "Party",
    "Pool",
    "PoolAdmin",
    "PoolDepartment",
    "PoolMember",
    "RecycleRule",
    "RecycleRun",
    "Recycled",
    "Relation",
    "Ruling",
]
