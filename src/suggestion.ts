/**
 * "Did you mean": the nearest of the known names to a mistyped one, by edit distance with transpositions.
 */

const distance = (a: string, b: string): number => {
  let older: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      let best = Math.min(previous[j]! + 1, row[j - 1]! + 1, previous[j - 1]! + same);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) best = Math.min(best, older[j - 2]! + 1);
      row.push(best);
    }
    older = previous;
    previous = row;
  }
  return previous[b.length]!;
};

/** The known name nearest to `given`, if it is near enough to be a slip of the hand. */
export const nearestName = (given: string, known: readonly string[]): string | undefined => {
  if (given.length > 64) return undefined;
  const word = given.toLowerCase();
  const allowed = Math.max(1, Math.floor(word.length / 3));
  let nearest: string | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const name of known) {
    const steps = distance(word, name.toLowerCase());
    const score = steps + Math.abs(name.length - word.length) / 1000;
    if (steps <= allowed && score < least) [nearest, least] = [name, score];
  }
  return nearest;
};

/** `, did you mean "tanh"?` for an error text, or nothing. */
export const didYouMean = (given: string, known: readonly string[]): string => {
  const nearest = nearestName(given, known);
  return nearest === undefined ? "" : `, did you mean ${JSON.stringify(nearest)}?`;
};
