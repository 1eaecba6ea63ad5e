"""The words of ``shopcast stock``, ``orders``, ``import``, ``verify-draw``, and their calls."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from studio.core.i18n import translate
from studio.core.streams import write_line

DONE, NO = 0, 1


def stock(arguments: argparse.Namespace) -> int:
    """``shopcast stock SHOP [WHAT]``."""
    from studio.shop.stock.cli import show_stock

    is_sound = show_stock(
        arguments.shop, arguments.what, arguments.sku, write_line, as_json=arguments.json
    )
    return DONE if is_sound else NO


def stock_arguments(parser: argparse.ArgumentParser) -> None:
    """Its arguments."""
    parser.add_argument("shop", metavar="SHOP", help=translate("cli.arg.shop"))
    parser.add_argument(
        "what", nargs="?", default="levels", choices=("levels", "moves", "orders", "check"),
        help=translate("cli.arg.stock_what"),
    )  # fmt: skip
    parser.add_argument("--sku", default="", metavar="SKU", help=translate("cli.arg.sku"))
    parser.add_argument("--json", action="store_true", help=translate("cli.arg.json"))


def run_order(arguments: argparse.Namespace) -> int:
    """``shopcast run-order SHOW``."""
    from studio.app.run_order_cli import show_run_order

    show = Path(arguments.show) if arguments.show else None
    return DONE if show_run_order(show, write_line, as_json=arguments.json) else NO


def run_order_arguments(parser: argparse.ArgumentParser) -> None:
    """Its arguments."""
    parser.add_argument("show", nargs="?", metavar="SHOW", help=translate("cli.arg.script_show"))
    parser.add_argument("--json", action="store_true", help=translate("cli.arg.json"))


def orders(arguments: argparse.Namespace) -> int:
    """``shopcast orders SHOP``, ``shopcast orders import FILE --shop SHOP``."""
    if arguments.file:
        from studio.shop.orders.file import import_orders

        return DONE if import_orders(
            Path(arguments.file), arguments.into, arguments.sender, arguments.kind, write_line,
            as_json=arguments.json,
        ) else NO  # fmt: skip
    arguments.what, arguments.sku = "orders", ""
    return stock(arguments)


def orders_arguments(parser: argparse.ArgumentParser) -> None:
    """Its arguments."""
    parser.add_argument("shop", metavar="SHOP|import", help=translate("cli.arg.orders_shop"))
    parser.add_argument("file", nargs="?", metavar="FILE", help=translate("cli.arg.orders_file"))
    parser.add_argument(
        "--shop", dest="into", default="", metavar="SHOP", help=translate("cli.arg.shop")
    )
    parser.add_argument(
        "--as", dest="kind", default="standard", choices=("standard", "shopify", "woocommerce"),
        help=translate("cli.arg.orders_kind"),
    )  # fmt: skip
    parser.add_argument(
        "--sender", default="file", metavar="NAME", help=translate("cli.arg.orders_sender")
    )
    parser.add_argument("--json", action="store_true", help=translate("cli.arg.json"))


def import_goods(arguments: argparse.Namespace) -> int:
    """``shopcast import FILE…``."""
    from studio.app.imports import ImportCall, import_files, list_imported, undo_imported
    from studio.shop.importers.child import bound_memory

    if arguments.undo is not None:
        undo_imported(arguments.undo, write_line, as_json=arguments.json)
        return DONE
    if arguments.list or not arguments.files:
        list_imported(write_line, as_json=arguments.json)
        return DONE

    bound_memory()
    call = ImportCall(
        arguments.kind, arguments.mapping, Path(arguments.show) if arguments.show else None,
        arguments.currency, arguments.year, arguments.zone, arguments.dry_run, arguments.accept,
        arguments.json,
    )  # fmt: skip
    return DONE if import_files(arguments.files, call, write_line) else NO


def import_goods_arguments(parser: argparse.ArgumentParser) -> None:
    """Its arguments."""

    def add(name: str, text: str, **more: Any) -> None:
        parser.add_argument(name, help=translate(f"cli.arg.{text}"), **more)

    add("files", "import_files", nargs="*", metavar="FILE")
    add("--as", "import_kind", dest="kind", default="", metavar="KIND")
    add("--mapping", "import_mapping", nargs="+", default=[], metavar="FIELD=HEAD")
    add("--show", "import_show", metavar="SHOW")
    add("--currency", "import_currency", default="", metavar="ISO")
    add("--year", "import_year", type=int, metavar="YEAR")
    add("--zone", "import_zone", default="", metavar="ZONE")
    add("--dry-run", "import_dry", action="store_true")
    add("--accept", "import_accept", action="store_true")
    add("--list", "import_list", action="store_true")
    add("--undo", "import_undo", type=int, metavar="NUMBER")
    add("--json", "json", action="store_true")


def verify_draw(arguments: argparse.Namespace) -> int:
    """``shopcast verify-draw PROOF``."""
    from studio.shop.games.verify import main

    return main(arguments.file)


def verify_draw_arguments(parser: argparse.ArgumentParser) -> None:
    """Its arguments."""
    parser.add_argument("file", metavar="PROOF.json", help=translate("cli.arg.proof"))


def simulate(arguments: argparse.Namespace) -> int:
    """``shopcast simulate [SHOW]``."""
    from studio.app.simulate_cli import run_simulation
    from studio.shop.simulator.model import SimulationPlan

    plan = SimulationPlan(
        arguments.seed, arguments.viewers, arguments.minutes, arguments.in_language
    )
    is_sound = run_simulation(
        arguments.show or "", plan, arguments.out, arguments.orders, arguments.speed, write_line,
        as_json=arguments.json,
    )  # fmt: skip
    return DONE if is_sound else NO


def simulate_arguments(parser: argparse.ArgumentParser) -> None:
    """Its arguments."""
    parser.add_argument("show", nargs="?", metavar="SHOW", help=translate("cli.arg.show"))
    parser.add_argument(
        "--seed", type=int, default=1, metavar="N", help=translate("cli.arg.sim_seed")
    )
    parser.add_argument(
        "--viewers", type=int, default=300, metavar="N", help=translate("cli.arg.viewers")
    )
    parser.add_argument(
        "--minutes", type=float, default=20.0, metavar="M", help=translate("cli.arg.sim_minutes")
    )
    parser.add_argument(
        "--in", dest="in_language", default="zh", choices=("zh", "en"),
        help=translate("cli.arg.sim_language"),
    )  # fmt: skip
    parser.add_argument("--out", default="", metavar="DIR", help=translate("cli.arg.sim_out"))
    parser.add_argument("--orders", default="", metavar="URL", help=translate("cli.arg.sim_orders"))
    parser.add_argument(
        "--speed", type=speed_factor, default=1.0, metavar="X", help=translate("cli.arg.sim_speed")
    )
    parser.add_argument("--json", action="store_true", help=translate("cli.arg.json"))


def speed_factor(text: str) -> float:
    """A factor from a hundredth to ten thousand."""
    value = float(text)
    if not 0.01 <= value <= 10_000:
        raise argparse.ArgumentTypeError(translate("simulate.speed"))
    return value
