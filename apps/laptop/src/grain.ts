/** The grain of a dataset: the model's own code lists at their finest level, unless the dataset holds less. */
import { builtInCodeLists, type DataModel, type DatasetDescription } from '@revier/schema';

export interface GrainChoice {
  /** The list that area codes come from; their finest level is `district` unless `levels` says otherwise. */
  readonly areaList: string;
  readonly sexes: readonly string[];
  readonly levels?: Readonly<Record<string, string>>;
}

export function grainOf(model: DataModel, { areaList, sexes, levels = {} }: GrainChoice): DatasetDescription['grain'] {
  const grain: DatasetDescription['grain'] = {};
  for (const variable of model.variables) {
    if (variable.role !== 'dimension') continue;
    const codeList = variable.codeList ?? areaList;
    const finest = builtInCodeLists.find(({ id }) => id === codeList)?.levels[0] ?? 'district';
    const codes = variable.concept === 'sex' ? { codes: [...sexes] } : {};
    grain[variable.name] = { codeList, level: levels[variable.name] ?? finest, ...codes };
  }
  return grain;
}
