"""Drives a VM with libgovirt as it comes from Debian, the library of virt-viewer and GNOME Boxes: no line of it is ours.

Everything comes by the environment: CLINKER_URL, CLINKER_USER, CLINKER_PASSWORD, CLINKER_CA, and the name VM.
Prints what the library has understood, as JSON.
"""

import json
import os
import sys
import time
from urllib.parse import urlsplit

import gi

gi.require_version("GoVirt", "1.0")
from gi.repository import GoVirt  # noqa: E402


def proxy_of(environment):
    proxy = GoVirt.Proxy.new(urlsplit(environment["CLINKER_URL"]).netloc)
    proxy.props.username = environment["CLINKER_USER"]
    proxy.props.password = environment["CLINKER_PASSWORD"]
    proxy.props.ssl_ca_file = environment["CLINKER_CA"]
    proxy.props.admin = True
    return proxy


def fetched(proxy, collection):
    collection.fetch(proxy)
    return collection.get_resources()


def refreshed(proxy, resource):
    resource.refresh(proxy)
    return resource


def seen_of(vm):
    display = vm.props.display
    return {
        "name": vm.props.name,
        "state": vm.props.state.value_nick,
        "display": display and {"type": display.props.type.value_nick, "address": display.props.address, "port": display.props.port},
    }


def seen_when(proxy, vm, state):
    """Looks until the VM is so; whoever started this program does not wait for ever."""
    while seen_of(refreshed(proxy, vm))["state"] != state:
        time.sleep(0.1)
    return seen_of(vm)


def surroundings_of(proxy, api, vm):
    domains = fetched(proxy, api.get_storage_domains()).values()
    cluster = refreshed(proxy, vm.get_cluster())
    return {
        "domains": {one.props.name: [one.props.type.value_nick, one.props.state.value_nick] for one in domains},
        "hosts": sorted(fetched(proxy, api.get_hosts())),
        "cluster": cluster.props.name,
        "dataCenter": refreshed(proxy, cluster.get_data_center()).props.name,
        "cdroms": len(fetched(proxy, vm.get_cdroms())),
        "found": sorted(fetched(proxy, api.search_vms("name=" + vm.props.name))),
    }


def refusal_of(attempt):
    try:
        attempt()
    except gi.repository.GLib.Error as error:
        return error.message
    return None


def run(environment):
    proxy = proxy_of(environment)
    api = proxy.fetch_api()
    vm = fetched(proxy, api.get_vms())[environment["VM"]]
    report = {"before": seen_of(vm), "refusal": refusal_of(lambda: vm.get_ticket(proxy)), **surroundings_of(proxy, api, vm)}
    vm.start(proxy)
    report["running"] = seen_when(proxy, vm, "up")
    vm.get_ticket(proxy)
    report["ticket"] = vm.props.display.props.ticket
    report["expiry"] = vm.props.display.props.expiry
    report["host"] = refreshed(proxy, vm.get_host()).props.name
    return report


def stop(environment):
    proxy = proxy_of(environment)
    vm = fetched(proxy, proxy.fetch_api().get_vms())[environment["VM"]]
    vm.stop(proxy)
    return {"after": seen_when(proxy, vm, "down")}


json.dump({"run": run, "stop": stop}[sys.argv[1]](os.environ), sys.stdout)
