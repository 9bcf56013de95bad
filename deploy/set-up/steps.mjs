import { installing, programs } from "./programs.mjs";

const oldestNode = 20;

/** What each kind of set-up does, in order. */
export const steps = {
  dependencies: [installPackages],
  start: [installPackages, machine => installPrograms(machine, programs.run), buildPage],
  test: [installPackages, machine => installPrograms(machine, [...programs.run, ...programs.test]), buildPage],
};

export const help = `Usage: node deploy/set-up.mjs [dependencies|test]

  dependencies  the packages of package-lock.json, when they are not installed
  (nothing)     that, ${listed(programs.run)}, and the site's page: what "npm start" needs
  test          that, and what the tests need: ${listed(programs.test)}

It installs nothing that is there. Programs come from the machine's package manager.`;

/** Does the steps, one after another, until one fails. Gives whether all are done. */
export async function setUp(mode, machine) {
  if (Number(machine.nodeVersion.split(".")[0]) < oldestNode) {
    machine.fail(`Tallygate is set up by Node ${oldestNode} or newer; this is Node ${machine.nodeVersion}.`);
    return false;
  }
  for (const step of steps[mode]) {
    if (!(await step(machine))) return false;
  }
  return true;
}

async function installPackages(machine) {
  if (packagesAreInstalled(machine)) return true;
  machine.say("Installing the packages of package-lock.json (npm ci); the first time takes about a minute …");
  const done = await machine.run("npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"]);
  if (done.ok && packagesAreInstalled(machine)) return true;
  machine.fail(
    done.ok
      ? "npm ci ended well, but packages are missing in node_modules. Were install scripts switched off (ignore-scripts)?"
      : `The packages could not be installed. What npm said is above; "npm ci" tries again.\n${dockerWay}`,
  );
  return false;
}

/**
 * npm keeps a copy of the lock file beside what it has installed. The two are compared by their versions, not by their
 * times: a checkout that only touches the file would else cost a minute. What is for other systems is not installed.
 */
function packagesAreInstalled(machine) {
  const wanted = machine.readJson("package-lock.json")?.packages ?? {};
  const installed = machine.readJson("node_modules/.package-lock.json")?.packages ?? {};
  const differs = Object.entries(wanted).some(([path, { version, link, optional, extraneous }]) => {
    if (!path.startsWith("node_modules/") || link || extraneous) return false;
    return installed[path] ? installed[path].version !== version : !optional;
  });
  return !differs && machine.exists("node_modules/.bin/node");
}

async function installPrograms(machine, wanted) {
  const missing = wanted.filter(each => machine.find(each.program) === undefined);
  if (missing.length === 0) return true;
  const way = await installing(machine, missing);
  if (way.mayRun) {
    machine.say(
      `${listed(missing)} ${missing.length === 1 ? "is" : "are"} not on this machine. Installing: ${way.shown} …`,
    );
    for (const { command, args, needed } of way.commands) {
      const done = await machine.run(command, args);
      if (!done.ok && needed) break;
    }
  }
  const still = wanted.filter(each => machine.find(each.program) === undefined);
  if (still.length > 0) {
    machine.fail(cannotInstall(still, way));
    return false;
  }
  await tellServices(machine, missing);
  return true;
}

const dockerWay = "Or run everything in containers: docker compose up";

function cannotInstall(missing, way) {
  const first = `Tallygate needs ${listed(missing)} on this machine. ${way.mayRun ? "The installation failed; what it said is above." : way.why}`;
  const second = way.shown === undefined ? [] : [`Install by hand: ${way.shown}`];
  return [first, ...second, dockerWay].join("\n");
}

/** Debian's packages start their service where systemd runs. That is not ours to stop, but good to know. */
async function tellServices(machine, installed) {
  if (!machine.underSystemd) return;
  for (const { service } of installed) {
    if (
      service === undefined ||
      !(await machine.run("systemctl", ["is-active", "--quiet", service], { quiet: true })).ok
    )
      continue;
    machine.say(
      `The package has also started the service ${service}. Tallygate starts a server of its own on another port; ` +
        `"sudo systemctl disable --now ${service}" ends the one of the package.`,
    );
  }
}

async function buildPage(machine) {
  if (machine.readJson("edge/package.json")?.scripts?.build === undefined) return true;
  const built = machine.newest("edge/dashboard/dist");
  if (built > machine.newest("edge/dashboard", ["dist"]) && machine.exists("edge/dashboard/dist/index.html"))
    return true;
  machine.say("Building the site's page …");
  const done = await machine.run("npm", ["run", "build", "--workspace", "edge"], { quiet: true });
  if (!done.ok)
    machine.fail(`${done.output}\nThe site's page could not be built; "npm run build -w edge" tries again.`);
  return done.ok;
}

/** "nats-server, InfluxDB and socat". */
function listed(wanted) {
  const names = wanted.map(each => each.name);
  return names.length === 1 ? names[0] : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}
