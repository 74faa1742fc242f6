"""Fields of forms, drawn in Python: templates take several times as long.

A form of twenty-five fields would otherwise go through seventy templates. What is
drawn here is what Django's own templates of these widgets say.
"""

from django.db.models.fields import BLANK_CHOICE_DASH
from django.utils.html import conditional_escape as escape
from django.utils.translation import gettext as _

#: What Django writes where nothing is chosen yet.
NOTHING_CHOSEN = BLANK_CHOICE_DASH[0][1]
REQUIRED = '<span class="required-mark" aria-hidden="true">*</span>'


def field(context):
    """Draw one field of a form: label, input, errors, help."""
    bound = context["field"]
    kind, name = bound.widget_type, escape(bound.html_name)
    look = {"textarea": " field-wide", "checkbox": " field-check"}.get(kind, "")
    if kind == "checkbox":
        inner = _check(bound)
    else:
        inner = _group(bound) if bound.use_fieldset else _labelled(bound)
    more = _errors(bound) + _hint(bound)
    return f'<div class="field{look}" data-field="{name}">{inner}{more}</div>'


def _check(bound):
    label = f'<span class="form-check-label">{escape(bound.label)}</span>'
    return f'<label class="form-check">{bound}{label}</label>'


def _group(bound):
    described = bound.aria_describedby
    hint = f' aria-describedby="{escape(described)}"' if described else ""
    mark = REQUIRED if bound.field.required else ""
    legend = f'<legend class="form-label">{escape(bound.label)}{mark}</legend>'
    return f"<fieldset{hint}>{legend}{bound}</fieldset>"


def _labelled(bound):
    key, mark = bound.id_for_label, REQUIRED if bound.field.required else ""
    whose = f' for="{escape(key)}"' if key else ""
    label = f'<label class="form-label"{whose}>{escape(bound.label)}{mark}</label>'
    return f"{label}{bound}"


def _errors(bound):
    if not bound.errors:
        return ""
    lines = "".join(f"<p>{escape(error)}</p>" for error in bound.errors)
    return f'<div class="invalid-feedback"{_key(bound, "error")}>{lines}</div>'


def _hint(bound):
    if not bound.help_text:
        return ""
    return f'<div class="form-hint"{_key(bound, "helptext")}>{bound.help_text}</div>'


def _key(bound, part):
    return f' id="{escape(bound.auto_id)}_{part}"' if bound.auto_id else ""


def entry(context):
    """Draw an input of any type."""
    widget = context["widget"]
    value = widget["value"]
    given = "" if value is None else f' value="{escape(value)}"'
    kind, name = widget["type"], escape(widget["name"])
    # Text is what any browser takes it for: a list has forty conditions that are.
    said = "" if kind == "text" else f' type="{escape(kind)}"'
    rest = f"{given}{_attributes(widget['attrs'])}"
    return f'<input{said} name="{name}"{rest}>'


def textarea(context):
    """Draw an input of several lines; the first line break is none of the text."""
    widget = context["widget"]
    name, text = escape(widget["name"]), escape(widget["value"] or "")
    return f'<textarea name="{name}"{_attributes(widget["attrs"])}>\n{text}</textarea>'


def select(context):
    """Draw a select with its options and their groups."""
    widget, drawn = context["widget"], []
    for group, options, _index in widget["optgroups"]:
        lines = "".join(map(_option, options))
        if group:
            lines = f'<optgroup label="{escape(group)}">{lines}</optgroup>'
        drawn.append(lines)
    name, attributes = escape(widget["name"]), _attributes(widget["attrs"])
    return f'<select name="{name}"{attributes}>{"".join(drawn)}</select>'


def lookup_select(context):
    """Draw a select that scripts search in, and a box for those who have none."""
    name = escape(context["widget"]["name"])
    words = escape(_("Search for one that is not offered"))
    box = f'<input class="form-control" name="{name}-search" placeholder="{words}">'
    drawn = f"{select(context)}<noscript>{box}</noscript>"
    if new := context["widget"].get("new"):
        address, words = map(escape, new)
        # Without scripts the form stays open in its own tab, with what is typed there.
        apart = 'target="_blank" rel="noopener"'
        drawn += f'<a class="new-choice" href="{address}" {apart} data-new>{words}</a>'
    return drawn


def file_input(context):
    """Draw a field for files in the page's words; the browser's own lies above it.

    Without scripts the browser's own shows what was chosen.
    """
    button, none = escape(_("Choose a file")), escape(_("No file chosen yet"))
    if "multiple" in context["widget"]["attrs"]:
        button = escape(_("Choose files"))
    return (
        f'<span class="file-field">{entry(context)}'
        f'<span class="btn" aria-hidden="true">{button}</span>'
        f'<span class="file-none" aria-hidden="true">{none}</span></span>'
    )


def _option(option):
    attributes = _attributes(option["attrs"]) if option["attrs"] else ""
    value, label = escape(str(option["value"])), escape(option["label"])
    if label == NOTHING_CHOSEN:
        label = escape(_("Please choose"))
    # Its end may be left out (HTML 4.10.10), a hundred times a page.
    return f'\n<option value="{value}"{attributes}>{label}'


def _attributes(attrs):
    return "".join(
        f" {escape(name)}" if value is True else f' {escape(name)}="{escape(value)}"'
        for name, value in attrs.items()
        if value is not False
    )


WIDGETS = "django/forms/widgets"
INPUTS = ("text", "number", "email", "url", "hidden", "date", "datetime", "checkbox")
#: Who draws what a template of this name would.
DRAWN = {
    "django/forms/field.html": field,
    f"{WIDGETS}/select.html": select,
    "crm/lookup_select.html": lookup_select,
    f"{WIDGETS}/file.html": file_input,
    f"{WIDGETS}/textarea.html": textarea,
    **{f"{WIDGETS}/{name}.html": entry for name in INPUTS},
}
