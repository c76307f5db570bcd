/** The grain of a dataset: the model's own code lists at their finest level, unless the dataset holds less. */
import { builtInCodeLists, type DataModel, type DatasetDescription } from '@revier/schema';

export interface GrainChoice {
  /** The list that area codes come from; their finest level is `district` unless `levels` says otherwise. */
  readonly areaList: string;
  /** What the dataset can hold, where that is less than the list: the rest are structural zeros, and public. */
  readonly codes?: Readonly<Record<string, readonly string[]>>;
  readonly levels?: Readonly<Record<string, string>>;
}

export function grainOf(
  model: DataModel,
  { areaList, codes = {}, levels = {} }: GrainChoice,
): DatasetDescription['grain'] {
  const grain: DatasetDescription['grain'] = {};
  for (const variable of model.variables) {
    if (variable.role !== 'dimension') continue;
    const codeList = variable.codeList ?? areaList;
    const finest = builtInCodeLists.find(({ id }) => id === codeList)?.levels[0] ?? 'district';
    const own = codes[variable.name];
    grain[variable.name] = {
      codeList,
      level: levels[variable.name] ?? finest,
      ...(own === undefined ? {} : { codes: [...own] }),
    };
  }
  return grain;
}
