"""The way back: into a new database that takes the place of the old one in a moment.

The old one stays aside under a name that is told, and so do the contents of its
attachments. Whenever this is killed, the old state stands as it was: all that is
written before the change of names is new, and what was begun goes with the next try.
"""

from functools import partial

from django.utils.translation import gettext_noop as _

from crm.backups import checking, container, dumps, keys, shelf, stored, tools
from crm.backups.replaced import Place


def restore(path, work, say):
    """Bring back a backup; return the name of the old database, None if it was empty.

    Args:
        path: of the backup.
        work: the directory to work in, of `places.alone`.
        say: called with what is being done, as `gettext_noop` marks it.

    Raises:
        Refused: the backup is not whole, or cannot be brought back here. Nothing that
            was there has changed then.
    """
    say(_("Checking the backup …"))
    with container.opened(path, keys.typed) as (manifest, _parts):
        manifest.refuse_if_newer()
    place = Place()
    place.refuse_unless_free()
    keep = stored.Contents(work).take
    manifest, dump = checking.unpacked(path, work, keep, keys.typed)
    checking.refuse_older_server(manifest, place.server)
    newest = max(place.server, manifest.tools)
    directory = tools.directory_for(newest, local=place.is_local)
    say(_("Bringing back the database …"))
    with place.new_database() as dsn:
        given = {"password": place.password, "server": place.server}
        dumps.bring_back(directory, dump, dsn, at_once=place.is_straight, **given)
        checking.compare(manifest, dsn, password=place.password)
        say(_("Bringing the database up to this version …"))
        known = partial(shelf.brought_back, path, manifest.made_at)
        place.migrate(path.name, known)
        say(_("Bringing back the files …"))
        aside = None if place.is_empty else place.name_aside()
        with stored.set_aside(aside):
            stored.bring(work, manifest.contents)
            place.change_over(aside)
    return aside
