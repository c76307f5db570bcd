/** The closing line `N passed, N failed`: counts files that did not load and errors outside tests as failures, so that nothing broken looks green. */
import type { Reporter, TestModule } from 'vitest/node';

const failed = (module: TestModule): number =>
  [...module.children.allTests('failed')].length + (module.errors().length > 0 ? 1 : 0) + suiteErrors(module);

const suiteErrors = (module: TestModule): number =>
  [...module.children.allSuites()].filter((suite) => suite.errors().length > 0).length;

export default class CountReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly unknown[]): void {
    const count = (of: (module: TestModule) => number): number => modules.reduce((sum, module) => sum + of(module), 0);
    const passed = count((module) => [...module.children.allTests('passed')].length);
    const skipped = count((module) => [...module.children.allTests('skipped')].length);
    process.stdout.write(
      `\n${passed} passed, ${count(failed) + unhandled.length} failed${skipped > 0 ? `, ${skipped} skipped` : ''}\n`,
    );
  }
}
