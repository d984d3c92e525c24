export interface Line {
  article: string;
  pieces: number;
  cents: number;
}

/** What a basket costs, before discounts. */
export function total(lines: Line[]): number {
  return lines.reduce((sum, line) => sum + line.pieces * line.cents, 0);
}
