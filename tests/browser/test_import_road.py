"""李娜 imports a list of companies, finds them again and takes them away as a file."""

import csv

from playwright.sync_api import expect

from customers.models import Customer
from tests.browser.actions import follow, open_menu, press, sign_in, total
from tests.samples import sample

FIRM, CODE = "临沧佤部落茶业有限公司", "91530902323106547R"
SMALL = (
    "企业名称,统一社会信用代码,注册地址,法人代表\n"
    f"{FIRM},{CODE},云南省临沧市临翔区晚翠路300号,贾波\n"
    "大理三塔旅游有限公司,123,云南省大理州大理市,李四\n"
).encode("gb18030")


def preview(page, name, content):
    """Go through the steps of an import up to what it would do."""
    open_menu(page, "客户")
    follow(page, "导入")
    file = {"name": name, "mimeType": "text/csv", "buffer": content}
    page.locator("[name=file]").set_input_files(file)
    press(page, "上传并继续")
    press(page, "预览")
    expect(page.get_by_role("status")).to_contain_text("尚未导入")


def take(page, name, content):
    """Import a file and return the report."""
    preview(page, name, content)
    press(page, "导入")
    return page.locator("[data-read]")


def numbers(report, **expected):
    """Expect what an import says of its rows; it may be long at work."""
    for name, value in expected.items():
        expect(report).to_have_attribute(f"data-{name}", str(value), timeout=90_000)


def test_import_search_and_export(page, lina, tmp_path):
    sign_in(page, lina)
    report = take(page, "云南.csv", SMALL)
    numbers(report, read=2, created=1, updated=0, skipped=0, refused=1)
    refusal = page.get_by_role("table", name="拒绝的行").locator("tbody tr")
    expect(refusal).to_have_count(1)
    expect(refusal).to_contain_text("统一社会信用代码")
    with page.expect_download() as waiting:
        page.get_by_role("link", name="下载拒绝的行（CSV）").click()
    rows = read(waiting.value, tmp_path)
    assert rows[1][:2] == ["大理三塔旅游有限公司", "123"]

    for word in ("佤部落", "lcwbl", "wabuluo", CODE):
        page.goto("/customers/")
        page.locator("#conditions [name=q]").fill(word)
        press(page, "查询")
        expect(total(page)).to_have_attribute("data-total", "1")
        expect(total(page)).to_contain_text(FIRM)

    with page.expect_download() as waiting:
        page.get_by_role("link", name="导出 CSV", exact=True).click()
    rows = read(waiting.value, tmp_path)
    assert len(rows) == 2
    assert rows[1][0] == FIRM
    assert waiting.value.suggested_filename.startswith("客户-")


def test_import_correct_and_undo(page, lina, tmp_path):
    sign_in(page, lina)
    report = take(page, "云南.csv", SMALL)
    numbers(report, read=2, created=1, refused=1)
    with page.expect_download() as waiting:
        page.get_by_role("link", name="下载拒绝的行（CSV）").click()
    refused = tmp_path / "refused.csv"
    waiting.value.save_as(refused)
    corrected = refused.read_text(encoding="utf-8-sig").replace(",123,", ",,")
    report = take(page, "改正.csv", corrected.encode())
    numbers(report, read=1, created=1, refused=0)
    undo = page.locator("#undo")
    expect(undo).to_have_attribute("data-bin", "1")
    press(undo, "撤销")
    expect(undo).to_have_attribute("data-undo", "done")
    page.goto("/customers/")
    expect(total(page)).to_have_attribute("data-total", "1")
    expect(total(page)).to_contain_text(FIRM)


def test_registry_is_imported_once_and_found(page, lina):
    content = sample("companies_cn/registry_yunnan_2015.csv").read_bytes()
    page.set_default_timeout(60_000)
    sign_in(page, lina)
    report = take(page, "registry.csv", content)
    numbers(report, read=2730, created=2730, updated=0, skipped=0, refused=0)
    preview(page, "registry.csv", content)
    expect(page.get_by_text("没有任何一行会导入")).to_be_visible()
    expect(page.get_by_role("button", name="导入", exact=True)).to_have_count(0)
    skipped = page.locator("#checked .figure").filter(has_text="跳过").first
    expect(skipped).to_contain_text("2730")
    assert Customer.objects.count() == 2730
    page.goto(f"/customers/?q={CODE}")
    expect(total(page)).to_contain_text(FIRM)


def read(download, folder):
    """Return the rows of a downloaded CSV."""
    path = folder / "table.csv"
    download.save_as(path)
    with path.open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.reader(lines))
