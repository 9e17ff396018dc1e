"""Open311 clients that strangers wrote, against a running sample city: they must work unchanged.

`three` 0.8.0 was written for Python 2 and needs one line: `itertools.ifilter`. Nothing else is bent.

    python clients.py PATH/TO/gongzhi
"""

import html
import itertools
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
import unittest
from datetime import date, timedelta

import requests

itertools.ifilter = filter

import georeport  # noqa: E402
import three  # noqa: E402

PASSWORD = "yunlan-demo-2026"
W3C = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)")


class City:
    """A sample city, served by the real program from a folder of its own."""

    def __init__(self, binary):
        self.folder = tempfile.TemporaryDirectory(prefix="gongzhi-open311-")
        data = os.path.join(self.folder.name, "city")
        self.log = open(os.path.join(self.folder.name, "log"), "w+", encoding="utf-8")
        command = [binary, "demo", "--data", data, "--cases", "300", "--listen", "127.0.0.1:0"]
        self.process = subprocess.Popen(command, stdout=self.log, stderr=subprocess.STDOUT)
        self.base = self.wait()

    def said(self):
        with open(self.log.name, encoding="utf-8") as log:
            return log.read()

    def wait(self):
        for _ in range(2400):
            found = re.search(r"http://127\.0\.0\.1:[1-9]\d*", self.said())
            if found:
                try:
                    if requests.get(found[0] + "/healthz", timeout=5).ok:
                        return found[0]
                except requests.ConnectionError:
                    pass
            if self.process.poll() is not None:
                break
            time.sleep(0.05)
        raise RuntimeError("the city does not answer: " + self.said())

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(30)
        self.log.close()
        self.folder.cleanup()


class Administrator:
    """Makes and revokes keys in the pages, without JavaScript."""

    def __init__(self, base):
        self.base = base
        self.session = requests.Session()
        self.session.headers["Accept-Language"] = "en"
        answer = self.send("/sign-in", {"login": "admin", "password": PASSWORD})
        assert answer.ok, answer.text

    def send(self, path, fields, page=None):
        found = self.session.get(self.base + (page or path))
        token = re.search(r'name="form_token" value="([^"]+)"', found.text)
        assert token, found.text
        body = {"form_token": html.unescape(token[1]), **fields}
        return self.session.post(self.base + path, data=body, headers={"Origin": self.base})

    def key(self, name, per_minute=60):
        answer = self.send("/admin/open311", {"name": name, "contact": "", "per_minute": per_minute})
        assert answer.status_code == 201, answer.text
        return re.search(r'<code class="key">([^<]+)</code>', answer.text)[1]

    def revoke(self, name):
        page = self.session.get(self.base + "/admin/open311").text
        row = next(row for row in page.split("<tr>") if name in row)
        path = re.search(r'action="(/admin/open311/\d+/revoke)"', row)[1]
        answer = self.send(path, {}, page="/admin/open311")
        assert answer.ok, answer.text


class Clients(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.city = City(BINARY)
        cls.addClassCleanup(cls.city.stop)
        cls.endpoint = cls.city.base + "/open311/v2"
        cls.administrator = Administrator(cls.city.base)
        cls.key = cls.administrator.key("clients.py")

    def three(self, **keywords):
        return three.Three(self.endpoint, **keywords)

    def georeport(self, output_format="json", **keywords):
        return georeport.GeoReport(self.endpoint, output_format=output_format, **keywords)

    def test_three_discovers_the_city(self):
        found = self.three(discovery=self.city.base + "/open311/discovery.json").discovery()
        self.assertEqual(found["endpoints"][0]["url"], self.endpoint)
        self.assertIn("application/json", found["endpoints"][0]["formats"])
        self.assertEqual(self.three().discovery(), found)

    def test_three_and_georeport_list_the_same_services(self):
        by_three = self.three().services()
        by_json = self.georeport().get_service_list()
        by_xml = self.georeport("xml").get_service_list()
        self.assertGreater(len(by_three), 10)
        self.assertEqual(by_three, by_json)
        codes = [service["service_code"] for service in by_json]
        self.assertEqual(codes, [service["service_code"] for service in by_xml])
        self.assertTrue(all(isinstance(code, str) and code for code in codes))
        for service in by_xml:
            self.assertEqual((service["metadata"], service["type"]), ("false", "realtime"))

    def test_a_definition_says_that_nothing_more_is_asked(self):
        code = self.three().services()[0]["service_code"]
        self.assertEqual(self.three().services(code), {"service_code": code, "attributes": []})
        self.assertEqual(self.georeport().get_service_definition(code)["attributes"], [])
        self.assertEqual(self.georeport("xml").get_service_definition(code), {"service_code": code})

    def test_three_posts_and_everybody_reads(self):
        client = self.three(api_key=self.key)
        code = client.services()[0]["service_code"]
        posted = client.post(
            code,
            address="枫桥路 8 号",
            name="Ming Li",
            phone="19900000001",
            email="ming@example.org",
            description="人行道上的井盖松动，踩上去会响，<请> 看一看 & 修一修。",
            lat=30.2741,
            long=120.1551,
        )
        self.assertEqual(client.post_response.status_code, 201, posted)
        number = posted[0]["service_request_id"]
        self.assertRegex(number, r"^\d{16}$")
        by_three = client.request(number)
        self.assertEqual(len(by_three), 1)
        by_json = self.georeport().get_service_request(number)
        self.assertEqual(by_three[0], by_json)
        by_xml = self.georeport("xml").get_service_request(number)
        for name in ("service_request_id", "status", "service_code", "description", "requested_datetime"):
            self.assertEqual(by_json[name], by_xml[name], name)
        self.assertEqual((by_json["status"], by_json["service_code"]), ("open", code))
        self.assertRegex(by_json["requested_datetime"], W3C)
        self.assertNotIn("19900000001", str(by_three))
        self.assertEqual(client.token(number), [{"service_request_id": number, "token": number}])

    def test_lists_are_the_same_in_every_client_and_format(self):
        # Other tests report meanwhile: up to yesterday nothing moves.
        until = (date.today() - timedelta(days=1)).strftime("%Y-%m-%dT00:00:00Z")
        by_three = self.three().requests(end_date=until)
        by_json = self.georeport().get_service_requests(end_date=until)
        by_xml = self.georeport("xml").get_service_requests(end_date=until)
        self.assertGreater(len(by_three), 20)
        self.assertEqual(by_three, by_json)
        pairs = [(one["service_request_id"], one["status"], one["updated_datetime"]) for one in by_json]
        self.assertEqual(
            pairs, [(one["service_request_id"], one["status"], one["updated_datetime"]) for one in by_xml]
        )
        for one in by_json:
            self.assertRegex(one["requested_datetime"], W3C)
            self.assertIn(one["status"], ("open", "closed"))

    def test_filters_of_both_clients(self):
        closed = self.georeport().get_service_requests(status="closed")
        self.assertEqual({one["status"] for one in closed}, {"closed"})
        code = closed[0]["service_code"]
        for found in (self.three().requests(code), self.georeport().get_service_requests(service_code=code)):
            self.assertEqual({one["service_code"] for one in found}, {code})
        two = [one["service_request_id"] for one in closed[:2]]
        named = self.georeport().get_service_requests(service_request_id=",".join(two))
        self.assertEqual([one["service_request_id"] for one in named], two)
        self.assertEqual(len(self.three().requests(count=3)), 3)
        first, second = (self.three().requests(count=2, page=page) for page in (1, 2))
        self.assertEqual(len({one["service_request_id"] for one in first + second}), 4)
        since = date.today() - timedelta(days=40)
        between = self.three().requests(between=[since, date.today()])
        self.assertTrue(between)
        start = since.strftime("%m-%d-%Y")
        self.assertEqual(self.three().requests(start=start), between)
        self.assertEqual(self.three().requests(start="01-01-2001", end="01-31-2001"), [])

    def test_a_jurisdiction_is_needed_by_nobody_and_known_by_its_host(self):
        host = self.city.base.split("//")[1]
        self.assertTrue(self.three(jurisdiction=host).services())
        self.assertTrue(self.georeport(jurisdiction=host).get_service_list())
        with self.assertRaises(requests.HTTPError) as refused:
            self.georeport(jurisdiction="sfgov.org").get_service_list()
        self.assertEqual(refused.exception.response.status_code, 404)

    def test_errors_are_told_as_the_clients_expect(self):
        for client in (self.three(), self.three(api_key="wrong")):
            self.assertEqual(client.post("1", address="x", description="no key, no report")[0]["code"], 403)
        told = self.three(api_key=self.key).post("no.such", address="x", description="no such service")
        self.assertEqual(told[0]["code"], 400)
        with self.assertRaises(requests.HTTPError):
            self.georeport().get_service_request("0000000000000017")

    def test_a_key_that_is_revoked_is_good_no_longer(self):
        key = self.administrator.key("soon gone")
        client = self.three(api_key=key)
        code = client.services()[0]["service_code"]
        client.post(code, address="枫桥路", description="路灯不亮了。")
        self.assertEqual(client.post_response.status_code, 201)
        self.administrator.revoke("soon gone")
        self.assertEqual(client.post(code, address="枫桥路", description="路灯不亮了。")[0]["code"], 403)

    def test_a_hasty_client_is_told_when_to_come_again(self):
        client = self.three(api_key=self.administrator.key("hasty", per_minute=1))
        code = client.services()[0]["service_code"]
        client.post(code, address="枫桥路", description="路灯不亮了。")
        told = client.post(code, address="枫桥路", description="路灯不亮了。")
        self.assertEqual(told[0]["code"], 429)
        self.assertGreater(int(client.post_response.headers["Retry-After"]), 0)

    def test_georeport_cannot_read_an_empty_xml_list_from_anybody(self):
        # `data['service_requests']['request']` needs an element; JSON has no such trouble. See docs/OPEN311.md.
        long_ago = {"start_date": "2001-01-01T00:00:00Z", "end_date": "2001-01-31T00:00:00Z"}
        self.assertEqual(self.georeport().get_service_requests(**long_ago), [])
        with self.assertRaises(TypeError):
            self.georeport("xml").get_service_requests(**long_ago)


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    BINARY = sys.argv.pop(1)
    unittest.main(verbosity=2)
