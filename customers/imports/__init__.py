"""What files call the columns of 客户信息."""

from customers.imports.contacts import ContactImport
from customers.imports.counterparts import CounterpartImport
from customers.imports.customers import CustomerImport
from customers.imports.registrations import DealRegistrationImport

__all__ = [
    "ContactImport",
    "CounterpartImport",
    "CustomerImport",
    "DealRegistrationImport",
]
