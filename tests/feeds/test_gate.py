"""Which addresses may be connected to."""

from __future__ import annotations

from ipaddress import IPv4Address, ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.feeds.gate import Gate, is_public

INNER = [
    *("0.0.0.0", "0.1.2.3", "10.0.0.1", "100.64.0.1", "100.127.255.255", "127.0.0.1", "127.255.0.1", "169.254.169.254"),
    *("172.16.0.1", "172.31.255.1", "192.0.0.1", "192.0.2.1", "192.168.1.1", "198.18.0.1", "198.51.100.1"),
    *("203.0.113.1", "224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255"),
    *("::", "::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::127.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a00:1"),
    *("64:ff9b:1::1", "100::1", "2001::1", "2001:db8::1", "2002:7f00:1::1", "2002:a00:1::1", "fc00::1", "fd12::1"),
    *("fe80::1", "fec0::1", "ff02::1", "fe80::1%eth0"),
]
PUBLIC = [
    *("8.8.8.8", "1.1.1.1", "93.184.216.34", "2606:4700:4700::1111"),
    *("::ffff:8.8.8.8", "64:ff9b::808:808", "2002:808:808::1"),
]


@pytest.mark.parametrize("address", INNER)
def test_inner_special_and_multicast_addresses_are_not_public(address: str) -> None:
    assert not is_public(ip_address(address))
    with pytest.raises(PermissionError, match="not a public address"):
        Gate().open_socket((2, 1, 6, "", (address, 80)))


@pytest.mark.parametrize("address", PUBLIC)
def test_addresses_of_the_open_internet_are_public(address: str) -> None:
    assert is_public(ip_address(address))


def test_allowed_networks_are_admitted_in_any_dress() -> None:
    gate = Gate.of(["10.1.0.0/16", "::1/128", "Inner.Example"])
    assert gate.admits(ip_address("10.1.2.3"))
    assert gate.admits(ip_address("::ffff:10.1.2.3"))
    assert gate.admits(ip_address("::1"))
    assert not gate.admits(ip_address("10.2.0.1"))
    assert gate.trusts("inner.example.")
    assert not gate.trusts("example")


@given(st.ip_addresses(v=4))
def test_an_ipv4_address_is_as_public_as_its_ipv6_dresses(plain: IPv4Address) -> None:
    high, low = divmod(int(plain), 0x10000)
    for dressed in (f"::ffff:{plain}", f"64:ff9b::{high:x}:{low:x}", f"2002:{high:x}:{low:x}::1"):
        assert is_public(ip_address(dressed)) == is_public(plain)
