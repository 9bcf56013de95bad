/** The programs that are no npm packages: how we call them, what we look for, and who brings them. */
export const programs = {
  run: [
    { name: "nats-server", program: "nats-server", apt: "nats-server", brew: "nats-server", service: "nats-server" },
    { name: "InfluxDB", program: "influxd", apt: "influxdb", brew: "influxdb@1", service: "influxdb" },
    // It makes the serial ports of the simulated scanners.
    { name: "socat", program: "socat", apt: "socat", brew: "socat" },
  ],
  test: [
    { name: "mosquitto", program: "mosquitto", apt: "mosquitto", brew: "mosquitto", service: "mosquitto" },
    { name: "mosquitto_pub", program: "mosquitto_pub", apt: "mosquitto-clients", brew: "mosquitto" },
    { name: "Chromium", program: "chromium", apt: "chromium", brew: "chromium" },
  ],
};

/** How the missing programs are installed on this machine, as a command to show and, where we may, as commands to run. */
export async function installing(machine, missing) {
  if (machine.find("apt-get")) return byApt(machine, missing);
  if (machine.platform === "darwin" && machine.find("brew")) return byBrew(missing);
  const brewOnly = machine.platform === "darwin" ? `brew install ${packages(missing, "brew").join(" ")}` : undefined;
  return { mayRun: false, why: "There is neither apt-get nor brew here to install from.", shown: brewOnly };
}

async function byApt(machine, missing) {
  const names = packages(missing, "apt");
  const install = ["install", "-y", "--no-install-recommends", "-o", "DPkg::Lock::Timeout=120", ...names];
  // Given to apt-get by env, since sudo keeps nothing of our environment.
  const aptGet = [...(machine.isRoot ? [] : ["sudo", "-n"]), "env", "DEBIAN_FRONTEND=noninteractive", "apt-get"];
  const mayRun =
    machine.isRoot ||
    (machine.find("sudo") !== undefined && (await machine.run("sudo", ["-n", "true"], { quiet: true })).ok);
  const prefix = machine.isRoot ? "" : "sudo ";
  return {
    mayRun,
    why: "Installing takes root, and sudo is not here or wants a password.",
    shown: `${prefix}apt-get update && ${prefix}apt-get install -y ${names.join(" ")}`,
    commands: [
      // One broken source among many makes an update fail and may still leave what we need.
      { ...commandOf([...aptGet, "update", "-qq"]), needed: false },
      { ...commandOf([...aptGet, ...install, "-qq"]), needed: true },
    ],
  };
}

function byBrew(missing) {
  const args = ["install", ...packages(missing, "brew")];
  return { mayRun: true, shown: `brew ${args.join(" ")}`, commands: [{ command: "brew", args, needed: true }] };
}

function commandOf([command, ...args]) {
  return { command, args };
}

function packages(missing, manager) {
  return [...new Set(missing.map(each => each[manager]))];
}
