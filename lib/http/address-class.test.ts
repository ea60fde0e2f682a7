import { expect, it } from "vitest";
import { addressClass } from "./address-class";

it.each([
  ["127.0.0.1", "this machine"],
  ["::1", "this machine"],
  ["::ffff:127.0.0.1", "this machine"],
  ["10.1.2.3", "private network 10.1.2.0/24"],
  ["::ffff:192.168.7.9", "private network 192.168.7.0/24"],
  ["192.168.255.9", "private network 192.168.255.0/24"],
  ["192.169.0.9", "internet 192.169.0.0/24"],
  ["172.31.255.9", "private network 172.31.255.0/24"],
  ["172.32.0.9", "internet 172.32.0.0/24"],
  ["100.127.255.9", "private network 100.127.255.0/24"],
  ["100.128.0.9", "internet 100.128.0.0/24"],
  ["172.32.0.1", "internet 172.32.0.0/24"],
  ["203.0.113.77", "internet 203.0.113.0/24"],
  ["2001:db8:1:2:3:4:5:6", "internet 2001:db8:1:2::/64"],
  ["fe80::1%eth0", "private network fe80:0:0:0::/64"],
  ["", "unknown"],
  ["<script>", "unknown"],
])("%s is %s", (address, expected) => {
  expect(addressClass(address)).toBe(expected);
});
