"""Departments and people of the demo company."""

from django.contrib.auth.hashers import make_password

from crm.demo import PASSWORD, PEOPLE
from crm.models import Department, Role, User

#: name: the department above
DEPARTMENTS = {
    "总公司": None,
    "销售一部": "总公司",
    "销售二部": "总公司",
    "市场部": "总公司",
    "信息管理部": "总公司",
    "财务部": "总公司",
}
#: username: (department, title of the employee number)
PLACES = {
    "sales": "销售一部",
    "sales2": "销售二部",
    "researcher": "市场部",
    "infoadmin": "信息管理部",
    "supervisor": "销售一部",
    "sysadmin": "信息管理部",
    "finance": "财务部",
    "sales3": "销售一部",
    "supervisor2": "销售二部",
    "director": "总公司",
    "sales4": "销售二部",
    "sales5": "销售二部",
}
#: Colleagues whom the sign-in page does not name.
OTHERS = (
    ("sales3", "刘洋", "salesperson"),
    ("supervisor2", "孙丽", "supervisor"),
    ("director", "钱进", "supervisor", "sales_director"),
    ("sales4", "冯刚", "salesperson"),
    ("sales5", "郑洁", "salesperson"),
)
HEADS = {"总公司": "director", "销售一部": "supervisor", "销售二部": "supervisor2"}
SUPERIORS = {
    "sales": "supervisor",
    "sales3": "supervisor",
    "sales2": "supervisor2",
    "sales4": "supervisor2",
    "sales5": "supervisor2",
    "supervisor": "director",
    "supervisor2": "director",
    "researcher": "director",
    "infoadmin": "director",
    "sysadmin": "director",
    "finance": "director",
}


def hire():
    """Enter departments and people; return {username: person}."""
    departments = {}
    for name, above in DEPARTMENTS.items():
        parent = departments.get(above)
        departments[name] = Department.objects.create(name=name, parent=parent)
    roles = {role.code: role for role in Role.objects.all()}
    secret, people = make_password(PASSWORD), {}
    for number, (username, name, *held) in enumerate((*PEOPLE, *OTHERS), start=1):
        person = User.objects.create(
            username=username,
            name=name,
            employee_number=f"YG{number:04}",
            department=departments[PLACES[username]],
            phone=f"0871-6550{8100 + number}",
            email=f"{username}@example.com",
            password=secret,
        )
        for role in held:
            person.role_assignments.create(role=roles[role])
        people[username] = person
    for username, above in SUPERIORS.items():
        User.objects.filter(username=username).update(superior=people[above])
    for name, username in HEADS.items():
        Department.objects.filter(pk=departments[name].pk).update(head=people[username])
    # Read anew, with the departments as they stand now and the rights of all roles.
    return {person.username: person for person in User.objects.with_grants()}
