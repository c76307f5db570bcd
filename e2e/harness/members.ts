/** Who takes part: a cancer registry and the health offices of three cities. */
export const slugs = ['krebsregister', 'bochum', 'essen', 'gelsenkirchen'] as const;
export type Slug = (typeof slugs)[number];

export const cities = ['bochum', 'essen', 'gelsenkirchen'] as const satisfies readonly Slug[];

/** Official keys of the cities, which stand before the numbers of their districts. */
export const areaKeys = { bochum: '05911', essen: '05113', gelsenkirchen: '05513' } as const;

export const idOf = (slug: Slug): string => `did:web:${slug}.example`;
