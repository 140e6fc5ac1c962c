// `cargo xtask demo`: the lab for a person where there is a screen, one scripted call where there is none.
import { USAGE, chooseDemo } from './choose-demo.mjs';

for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.emit('leave'));

async function main() {
  const choice = chooseDemo({ words: process.argv.slice(2) });
  if (choice.problem) throw new Error(`${choice.problem}\n${USAGE}`);
  console.log(`${choice.handsOn ? 'Hands-on' : 'Scripted'}: ${choice.because}.`);
  if (choice.handsOn) {
    const { handsOn, NoDisplayError } = await import('./hands-on/run.mjs');
    try {
      return await handsOn(choice);
    } catch (error) {
      if (!(error instanceof NoDisplayError) || choice.asked || choice.adminView) throw error;
      console.log(`But ${error.message}: the scripted call instead.`);
    }
  }
  const { scripted } = await import('./scripted.mjs');
  return scripted(choice);
}

try {
  await main();
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
