"""What ingest.py is made of: the service under load, the yardsticks, and what /proc tells."""
import json, os, pathlib, re, statistics, subprocess, sys, time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent
BINARY = ROOT / ".build/release/blotter"
PORTFOLIOS = 8
PROGRAMS = {"post_load": [], "naive_sqlite": ["-lsqlite3"], "set_based_postgres": ["-lpq"]}


def compile_programs(folder):
    for name, libraries in PROGRAMS.items():
        includes = []
        if "-lpq" in libraries:
            includes = ["-I" + output("pg_config", "--includedir").strip()]
        output("cc", "-O2", "-Wall", "-D_GNU_SOURCE", *includes, "-o", folder / name, HERE / f"{name}.c",
               *libraries)


def output(*command, **options):
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, **options)
    if done.returncode:
        sys.exit(f"{pathlib.Path(command[0]).name} failed ({done.returncode}): "
                 f"{done.stderr.strip() or done.stdout.strip()}")
    return done.stdout


def schema(kind):
    """The files that make an empty database one of Blotter's, with what yardsticks hang rows on."""
    files = sorted((ROOT / "Migrations").glob(f"*.{kind}.sql"))
    return [*files, HERE / "yardstick_rows.sql"]


def file_system(folder):
    """The kind of file system that a folder is on."""
    best = ("", "unknown")
    for line in pathlib.Path("/proc/mounts").read_text().splitlines():
        _, place, kind, *_ = line.split()
        if os.path.commonpath([place, folder]) == place and len(place) >= len(best[0]):
            best = (place, kind)
    return best[1]


def sync_cost(folder, count=50):
    """Seconds that one durable write of a page takes."""
    times = []
    handle = os.open(folder / "sync", os.O_CREAT | os.O_WRONLY)
    for number in range(count):
        began = time.perf_counter()
        os.pwrite(handle, b"x" * 4096, number * 4096)
        os.fdatasync(handle)
        times.append(time.perf_counter() - began)
    os.close(handle)
    return statistics.median(times)


def cpu_seconds(process_id):
    fields = pathlib.Path(f"/proc/{process_id}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def resident_mb(process_id, name="VmRSS"):
    status = pathlib.Path(f"/proc/{process_id}/status").read_text()
    return int(re.search(rf"{name}:\s+(\d+)", status).group(1)) / 1024


def listening_port(process, log):
    """Where `blotter serve`, which writes that log, is to be found once it is up."""
    for _ in range(200):
        for line in log.read_text().splitlines():
            if '"listening"' in line:
                return int(json.loads(line)["port"])
        if process.poll() is not None:
            break
        time.sleep(0.05)
    sys.exit(f"blotter serve does not listen: {log.read_text()[-600:]}")


class Service:
    """`blotter serve` on a database of its own, with a user, portfolios and a token."""

    def __init__(self, folder, programs, url):
        self.programs = programs
        self.posted = {}
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("BLOTTER_")},
            "BLOTTER_DATABASE_URL": url, "BLOTTER_HTTP_PORT": "0",
            "BLOTTER_LIMITS_REQUESTS_PER_MINUTE_PER_TOKEN": "100000000"}
        self.folder = folder
        self.run("migrate", "up")
        self.run("user", "add", "--telegram-id", "1", "--username", "bench", "--approve")
        for number in range(PORTFOLIOS):
            self.run("portfolio", "add", "--user", "1", "--name", f"p{number}", "--broker", "BINANCE",
                     "--currency", "USDT")
        self.token = self.run("token", "create", "--user", "1", "--name", "bench").strip()
        self.log = folder / "serve.log"
        with open(self.log, "w") as log:
            self.process = subprocess.Popen([BINARY, "serve"], env=self.environment, cwd=folder,
                                            stdout=log, stderr=log)
        self.id = self.process.pid
        self.port = listening_port(self.process, self.log)

    def run(self, *arguments):
        return output(BINARY, *arguments, env=self.environment, cwd=self.folder)

    def post(self, fills, connections=1, batch=1000, stream=0, *more):
        """Posts the next fills of `connections` streams from `stream` on; what post_load tells, with
        the CPU that the service took for each fill, in microseconds."""
        start = self.posted.get(stream, 0)
        before = cpu_seconds(self.id)
        told = json.loads(output(
            self.programs / "post_load", self.port, "--connections", connections, "--stream", stream,
            "--batch", batch, "--fills", fills, "--from", start, *more,
            env={**os.environ, "BLOTTER_TOKEN": self.token}))
        self.posted[stream] = start + told["fills"] // connections
        told["rate"] = told["fills"] / told["seconds"]
        told["cpu_us"] = (cpu_seconds(self.id) - before) / told["fills"] * 1e6
        return told

    def stop(self):
        """May be called again."""
        self.process.terminate()
        self.process.wait(30)


class Yardstick:
    """One of the C programs on a database of its own, which it fills on from run to run."""

    def __init__(self, program, database, *options):
        self.program, self.database, self.options = program, database, options
        self.stored = 0

    def post(self, fills):
        told = json.loads(output(self.program, self.database, "--fills", fills, "--from", self.stored,
                                 *self.options))
        self.stored += fills
        told["rate"] = told["fills"] / told["seconds"]
        return told

    @classmethod
    def on_sqlite(cls, programs, path, *options):
        yardstick = cls(programs / "naive_sqlite", path, *options)
        output(yardstick.program, path, "--schema", *schema("sqlite"))
        return yardstick


class Postgres:
    """A private server, as durable as PostgreSQL is by default."""

    def __init__(self, folder):
        self.folder = folder
        self.url = output(ROOT / "deploy/postgres-for-tests", "start", folder).strip()
        for name in ("fsync", "synchronous_commit", "full_page_writes"):
            if self.ask("postgres", f"SHOW {name}") != "on":
                sys.exit(f"the server runs with {name} off: its figures would tell nothing")

    def database(self, name):
        """A new, empty one; returns its URL."""
        self.ask("postgres", f"CREATE DATABASE {name}")
        return self.url_of(name)

    def yardstick_database(self, name):
        url = self.database(name)
        for file in schema("postgres"):
            output("psql", "-q", "-v", "ON_ERROR_STOP=1", "-d", url, "-f", file)
        return url

    def url_of(self, name):
        return self.url.replace("/postgres?", f"/{name}?")

    def ask(self, name, query):
        return output("psql", "-qAt", "-v", "ON_ERROR_STOP=1", "-d", self.url_of(name),
                      "-c", query).strip()

    def pgbench(self, url, number, seconds):
        """fills.pgbench on 8 clients, four fills a transaction of pgbench's; fills a second."""
        told = output("pgbench", "-n", "-c", 8, "-j", 2, "-M", "prepared", "-f", HERE / "fills.pgbench",
                      "-T", max(1, round(seconds)), "-D", f"run={number}", "-D", "n=0", url)
        return {"rate": 4 * float(re.search(r"^tps = ([\d.]+)", told, re.M).group(1))}

    def stop(self):
        output(ROOT / "deploy/postgres-for-tests", "stop", self.folder)
