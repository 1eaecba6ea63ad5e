"""Addresses are taken apart rightly, and a key is never shown."""

import pytest

from studio.protocols.rtmp.address import (
    BadAddress,
    backup_key_of,
    fold,
    hide_key,
    holds_another_key,
    parse,
    split_key,
    unfold,
)


def test_key_is_the_last_part() -> None:
    address = parse("rtmp://host:1936/app/s3cret?sign=a/b")
    assert (address.host, address.port, address.app) == ("host", 1936, "app")
    assert address.stream == "s3cret?sign=a/b"
    assert address.tc_url == "rtmp://host:1936/app"
    assert address.shown == "rtmp://host:1936/app/••••"


def test_key_given_apart() -> None:
    address = parse("rtmps://live.example.com/a/b", "k?x=1")
    assert (address.app, address.stream) == ("a/b", "k?x=1")
    assert (address.port, address.is_tls) == (443, True)
    assert address.tc_url == "rtmps://live.example.com/a/b"


def test_ipv6_and_query_of_the_app() -> None:
    assert parse("rtmp://[::1]/app", "k").tc_url == "rtmp://[::1]/app"
    assert parse("rtmp://h/app?vhost=x", "k").app == "app?vhost=x"


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("http://h/a/k", "outputs.address_scheme"),
        ("h/a/k", "outputs.address_scheme"),
        ("", "outputs.address_scheme"),
        ("rtmp:///a/k", "outputs.address_host"),
        ("rtmp://h", "outputs.address_app"),
        ("rtmp://h:99999/a/k", "outputs.address_port"),
        ("rtmp://h:x/a/k", "outputs.address_port"),
        ("rtmp://h/a b/k", "outputs.address_space"),
        ("rtmp://h/a/k\nx", "outputs.address_space"),
        ("rtmp://me:word@h/a/k", "outputs.address_user"),
        ("rtmp://h/?token=x", "outputs.address_app"),
    ],
)
def test_wrong_addresses_say_why(url: str, key: str) -> None:
    with pytest.raises(BadAddress) as caught:
        parse(url)
    assert caught.value.key == key


@pytest.mark.parametrize(
    "url",
    [
        "rtmp://h/app/SECRET",
        "rtmp://h/app/SECRET?a=SECRET",
        "rtmps://u:SECRET@h/app/SECRET",
        "rtmp://h/app?token=SECRET",
        "rtmp://h/app?token=SECRET/SECRET",
        "rtmp://h:99999/a/SECRET",
    ],
)
def test_no_secret_is_shown(url: str) -> None:
    assert "SECRET" not in hide_key(url)
    try:
        shown = parse(url).shown
    except BadAddress as bad:
        shown = str(bad)
    assert "SECRET" not in shown


def test_split_key() -> None:
    assert split_key("rtmp://h/app/key") == ("rtmp://h/app", "key")
    assert split_key("rtmp://h/app") == ("rtmp://h/app", "")
    assert split_key("/some/file.mkv") == ("/some/file.mkv", "")


def test_the_query_of_the_application_goes_with_the_key() -> None:
    url, key = fold("rtmp://h/app?token=x", "k?y=1")
    assert (url, unfold(key)) == ("rtmp://h/app", ("token=x", "k?y=1"))
    address = parse(url, key)
    assert (address.app, address.stream) == ("app?token=x", "k?y=1")
    assert "token=x" not in address.shown
    assert unfold(fold(url, "k")[1]) == ("", "k")
    assert unfold(fold("rtmp://h/app?a=2", key)[1]) == ("a=2", "k?y=1")


def test_the_backup_has_its_own_query() -> None:
    assert backup_key_of("", "?a=1 k") == "k"
    assert unfold(backup_key_of("?b=2 ", "?a=1 k")) == ("b=2", "k")
    assert backup_key_of("own", "k") == "own"


@pytest.mark.parametrize(
    ("url", "key", "is_another"),
    [
        ("rtmp://h/live/abcdef123456", "other", True),
        ("rtmp://h/live/k?sign=1", "other", True),
        ("rtmp://h/live/abcdef123456", "abcdef123456", False),
        ("rtmp://h/live/abcdef123456", "", False),
        ("rtmp://h/live/instance", "key", False),
        ("rtmp://h/live", "key", False),
    ],
)
def test_two_keys(url: str, key: str, is_another: bool) -> None:
    assert holds_another_key(url, key) is is_another


@pytest.mark.parametrize(
    ("url", "app", "stream"),
    [
        (
            "rtmp://live-push.example.com/live-bvc/?streamname=live_1_2&key=abc&pflag=1",
            "live-bvc",
            "?streamname=live_1_2&key=abc&pflag=1",
        ),
        ("rtmp://h/live-bvc?streamname=live_1&key=abc", "live-bvc", "?streamname=live_1&key=abc"),
        ("rtmps://h:443/app/?sign=1", "app", "?sign=1"),
        ("rtmp://h/app?sign=1", "app?sign=1", ""),
        ("rtmp://h/app?x=1/key", "app?x=1", "key"),
        ("rtmp://h/app?vhost=a.example&t=2/live_1", "app?vhost=a.example&t=2", "live_1"),
        ("rtmp://h/app?sign=ab/cd==", "app?sign=ab/cd==", ""),
        ("rtmp://h/app?sign=1/", "app?sign=1/", ""),
        ("rtmp://h/app/", "app", ""),
    ],
)
def test_a_query_behind_the_application_is_the_key(url: str, app: str, stream: str) -> None:
    """Bilibili writes it all in one line."""
    address = parse(url)
    assert (address.app, address.stream) == (app, stream)
    base, key = split_key(url)
    again = parse(*fold(base, key))
    assert (again.app, again.stream) == (app, stream)
    assert "abc" not in hide_key(url)
    assert "sign=1" not in hide_key(url)
