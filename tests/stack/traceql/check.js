// Reads TraceQL queries, a JSON list on standard input; prints a JSON list: for each, the places that are no TraceQL.
import { parser } from '@grafana/lezer-traceql';

const queries = JSON.parse(await new Response(process.stdin).text());
const troubles = queries.map((query) => {
  const found = [];
  parser.parse(query).iterate({
    enter: (node) => {
      if (node.type.isError) found.push(`at ${node.from}: ${query.slice(node.from, node.to + 20)}`);
    },
  });
  return found;
});
process.stdout.write(JSON.stringify(troubles));
