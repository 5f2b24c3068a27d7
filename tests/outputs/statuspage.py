"""statuspage.py - api/v2 against what Atlassian Statuspage's API v2 answers with.

Member by member as that service's public pages have them: clients read some of
them without asking whether they are there.
"""

import json
import os
import re

PAGE = {"id", "name", "url", "time_zone", "updated_at"}
COMPONENT = {"id", "name", "status", "created_at", "updated_at", "position", "description", "showcase", "start_date",
             "group_id", "page_id", "group", "only_show_if_degraded"}
INCIDENT = {"id", "name", "status", "created_at", "updated_at", "monitoring_at", "resolved_at", "impact", "shortlink",
            "started_at", "page_id", "incident_updates", "components", "reminder_intervals"}
MAINTENANCE = INCIDENT | {"scheduled_for", "scheduled_until"}
UPDATE = {"id", "status", "body", "incident_id", "created_at", "updated_at", "display_at", "affected_components",
          "deliver_notifications", "custom_tweet", "tweet_id"}
COMPONENT_STATES = {"operational", "degraded_performance", "partial_outage", "major_outage", "under_maintenance"}
INDICATORS = {"none", "minor", "major", "critical", "maintenance"}
INCIDENT_STATES = {"investigating", "identified", "monitoring", "resolved"}
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}(Z|[+-]\d\d:\d\d)")
# What each document holds beside "page".
DOCUMENTS = {
    "summary": {"components", "incidents", "scheduled_maintenances", "status"},
    "status": {"status"},
    "components": {"components"},
    "incidents": {"incidents"},
    "incidents/unresolved": {"incidents"},
    "scheduled-maintenances": {"scheduled_maintenances"},
    "scheduled-maintenances/upcoming": {"scheduled_maintenances"},
    "scheduled-maintenances/active": {"scheduled_maintenances"},
}
OF_STATE = {"up": "operational", "suspect": "operational", "down": "major_outage", "recovering": "major_outage",
            "paused": "under_maintenance", "unknown": "degraded_performance"}


class Fault(Exception):
    pass


def demand(holds, what):
    if not holds:
        raise Fault(what)


def check_members(value, members, at):
    demand(set(value) == members, f"{at}: {set(value) ^ members}")
    for name in members:
        if name.endswith("_at") or name in ("scheduled_for", "scheduled_until"):
            demand(value[name] is None or TIME.fullmatch(value[name]), f"{at}: {name} {value[name]!r}")


def check_component(component, at):
    check_members(component, COMPONENT | ({"components"} if component["group"] else set()), at)
    demand(component["status"] in COMPONENT_STATES and component["created_at"] and component["updated_at"], at)


def check_components(components, report, at):
    ids = [component["id"] for component in components]
    demand(len(ids) == len(set(ids)), f"{at}: an id comes twice")
    demand([component["position"] for component in components] == list(range(1, len(ids) + 1)), f"{at}: positions")
    groups = {component["id"]: component for component in components if component["group"]}
    for component in components:
        check_component(component, f"{at} {component['id']}")
        group = component["group_id"]
        demand(group is None or component["id"] in groups[group]["components"], f"{at}: {component['id']} and {group}")
    demand({member for group in groups.values() for member in group["components"]} ==
           {target["id"] for target in report["targets"]}, f"{at}: not the targets")
    states = {component["id"]: component["status"] for component in components}
    for target in report["targets"]:
        wanted = "degraded_performance" if target["state"] == "up" and target["slow"] else OF_STATE[target["state"]]
        demand(states[target["id"]] == wanted, f"{at}: {target['id']} is {target['state']} and {states[target['id']]}")


def check_incident(incident, members, at):
    check_members(incident, members, at)
    for component in incident["components"]:
        check_component(component, at)
    seen = set()
    for update in incident["incident_updates"]:
        check_members(update, UPDATE, at)
        demand(update["incident_id"] == incident["id"] and update["id"] not in seen, f"{at}: update {update['id']}")
        seen.add(update["id"])


def check_document(path, holds, report):
    with open(path, encoding="utf-8") as file:
        found = json.load(file)
    demand(set(found) == holds | {"page"}, f"{path}: {set(found)}")
    check_members(found["page"], PAGE, path)
    if "status" in holds:
        demand(found["status"]["indicator"] in INDICATORS and found["status"]["description"], f"{path}: {found['status']}")
    if "components" in holds:
        check_components(found["components"], report, path)
    for incident in found.get("incidents", []):
        check_incident(incident, INCIDENT, f"{path} {incident['id']}")
        demand(incident["status"] in INCIDENT_STATES and incident["impact"] in INDICATORS, f"{path}: {incident['id']}")
    for planned in found.get("scheduled_maintenances", []):
        check_incident(planned, MAINTENANCE, f"{path} {planned['id']}")
        demand(planned["status"] in ("scheduled", "in_progress"), f"{path}: {planned['status']}")
    return found


def check_folder(folder, report):
    found = {name: check_document(os.path.join(folder, "api", "v2", name + ".json"), holds, report)
             for name, holds in DOCUMENTS.items()}
    open_ids = [incident["id"] for incident in report["incidents"] if incident["state"] == "open"]
    for name in ("summary", "incidents/unresolved"):
        demand([incident["id"] for incident in found[name]["incidents"]] == open_ids, f"{folder}: {name}")
        demand(all(incident["resolved_at"] is None for incident in found[name]["incidents"]), f"{folder}: {name}")
    demand(len(found["incidents"]["incidents"]) == len(report["incidents"]), f"{folder}: incidents")
    planned = found["scheduled-maintenances"]["scheduled_maintenances"]
    demand(len(planned) == len(report["planned"]), f"{folder}: planned work")
    parts = [found["scheduled-maintenances/" + part]["scheduled_maintenances"] for part in ("active", "upcoming")]
    demand(len(parts[0]) + len(parts[1]) == len(planned), f"{folder}: planned work in parts")
