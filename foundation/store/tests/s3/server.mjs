// Serves an empty bucket on a free port of this machine until its standard input ends, and says where.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import S3rver from "s3rver";

const directory = mkdtempSync(join(tmpdir(), "gongzhi-test-s3-"));
const server = new S3rver({
  address: "127.0.0.1",
  port: 0,
  directory,
  silent: true,
  configureBuckets: [{ name: "city" }],
});
const { port } = await server.run();
console.log(`http://127.0.0.1:${port}`);

// Ends with the test, however that ends: the system closes the pipe.
process.stdin.resume();
process.stdin.on("end", () => {
  rmSync(directory, { recursive: true, force: true });
  process.exit(0);
});
