using System.Collections.Concurrent;
using System.Text;

namespace Strata.Api.Schema;

/// <summary>What Strata knows about every type of the Kubernetes API: members, their form, protobuf numbers and how they merge. Thread-safe.
/// Loading only finds where each type's rows begin; a type is built when it is first asked for, so memory follows the kinds in use.</summary>
public sealed class SchemaTable
{
    private static readonly Lazy<SchemaTable> LazyDefault = new(() => new SchemaTable());

    private readonly EmbeddedTable _fields = EmbeddedTable.Open("protobuf-fields.tsv");
    private readonly Dictionary<string, Range> _fieldRows;
    private readonly Dictionary<string, Dictionary<string, MergeFacts>> _mergeFacts;
    private readonly HashSet<string> _rootTypes;
    private readonly ConcurrentDictionary<string, SchemaType> _types = new(StringComparer.Ordinal);

    private SchemaTable()
    {
        _fieldRows = IndexRows(_fields.Span);
        _mergeFacts = ReadMergeFacts();
        Resources = ResourceTable.Read();
        _rootTypes = RootTypes(Resources);
    }

    /// <summary>The built-in kinds.</summary>
    public static SchemaTable Default => LazyDefault.Value;

    /// <summary>Upstream's resources with their verbs and subresources; the API server serves a part of them.</summary>
    public IReadOnlyList<ResourceInfo> Resources { get; }

    /// <summary>Every type name of the table.</summary>
    public IReadOnlyCollection<string> TypeNames => _fieldRows.Keys;

    /// <summary>The type of a kind; null when the kind is not built in. DeleteOptions and its like are found in every group version.</summary>
    public SchemaType? ForKind(string apiVersion, string kind) =>
        Type($"{SchemaTypeNames.Package(apiVersion)}.{kind}") ?? (SchemaTypeNames.IsMetaKind(kind) || apiVersion == "meta.k8s.io/v1" ? Type("meta.v1." + kind) : null);

    /// <summary>The type of that name, for example <c>core.v1.Pod</c>; null when there is none.</summary>
    public SchemaType? Type(string name) =>
        _types.TryGetValue(name, out var known) ? known
        : _fieldRows.TryGetValue(name, out var rows) ? _types.GetOrAdd(name, Build(name, rows))
        : null;

    private static Dictionary<string, Range> IndexRows(ReadOnlySpan<byte> text)
    {
        var index = new Dictionary<string, Range>(1200, StringComparer.Ordinal);
        var position = 0;
        while (position < text.Length)
        {
            // All rows of one type stand together, so one look-ahead finds where they end.
            var start = position;
            var key = text[start..(start + text[start..].IndexOf((byte)'\t') + 1)];
            do
            {
                position += text[position..].IndexOf((byte)'\n') + 1;
            }
            while (text[position..].StartsWith(key));
            if (text[start] != (byte)'#')
            {
                index.Add(Encoding.UTF8.GetString(key[..^1]), start..position);
            }
        }

        return index;
    }

    private static Dictionary<string, Dictionary<string, MergeFacts>> ReadMergeFacts()
    {
        var facts = new Dictionary<string, Dictionary<string, MergeFacts>>(StringComparer.Ordinal);
        foreach (var line in Lines("merge-keys.tsv"))
        {
            var columns = line.Split('\t');
            if (!facts.TryGetValue(columns[0], out var fields))
            {
                facts.Add(columns[0], fields = new Dictionary<string, MergeFacts>(StringComparer.Ordinal));
            }

            fields[columns[1]] = MergeFacts.Parse(columns.AsSpan(2));
        }

        return facts;
    }

    private static HashSet<string> RootTypes(IReadOnlyList<ResourceInfo> resources)
    {
        var roots = new HashSet<string>(StringComparer.Ordinal);
        foreach (var resource in resources)
        {
            roots.Add($"{SchemaTypeNames.Package(resource.ApiVersion)}.{resource.Kind}");
            foreach (var subresource in resource.Subresources)
            {
                roots.Add($"{SchemaTypeNames.Package(subresource.ApiVersion)}.{subresource.Kind}");
            }
        }

        return roots;
    }

    internal static IEnumerable<string> Lines(string table) =>
        Encoding.UTF8.GetString(EmbeddedTable.Open(table).Span).Split('\n').Where(line => line.Length > 0 && line[0] != '#');

    private SchemaType Build(string name, Range rows)
    {
        var wire = new List<SchemaField>();
        foreach (var line in _fields.Span[rows].Split((byte)'\n'))
        {
            var row = _fields.Span[rows][line];
            if (row.Length > 0 && ParseField(row) is { } field)
            {
                wire.Add(field);
            }
        }

        var facts = _mergeFacts.GetValueOrDefault(name);
        var hasTypeMeta = _rootTypes.Contains(name) || name.StartsWith("meta.v1.", StringComparison.Ordinal) && SchemaTypeNames.IsMetaKind(name["meta.v1.".Length..])
            || wire is [{ TypeName: "meta.v1.ListMeta" }, { JsonName: "items" }] or [{ TypeName: "meta.v1.ObjectMeta" }];
        var fields = new Dictionary<string, SchemaField>(wire.Count + 2, StringComparer.Ordinal);
        if (hasTypeMeta)
        {
            fields.Add("apiVersion", new SchemaField(this, 0, "apiVersion", "string", SchemaPresence.OmitDefault));
            fields.Add("kind", new SchemaField(this, 0, "kind", "string", SchemaPresence.OmitDefault));
        }

        foreach (var field in wire)
        {
            if (!field.IsInline)
            {
                Add(field);
                continue;
            }

            foreach (var inner in field.WireType!.Fields)
            {
                Add(inner);
            }
        }

        var mapType = facts?.GetValueOrDefault("(type)")?.MapType ?? SchemaMapType.None;
        return new SchemaType(name, wire, fields, mapType, hasTypeMeta);

        // Facts of an inlined member may be listed under the inlined type or under the one that inlines it.
        void Add(SchemaField field) => fields[field.JsonName] = facts?.GetValueOrDefault(field.JsonName) is { } merge ? field.With(merge) : field;
    }

    private SchemaField? ParseField(ReadOnlySpan<byte> row)
    {
        var columns = Encoding.UTF8.GetString(row).Split('\t');
        var jsonName = columns[3];
        if (jsonName.Length == 0)
        {
            return null; // A message without fields has one row with nothing in it.
        }

        var presence = columns[5] switch
        {
            "val" => SchemaPresence.Always,
            "val-omit" => SchemaPresence.OmitDefault,
            "ptr" => SchemaPresence.WhenSet,
            "list" => SchemaPresence.List,
            "map" => SchemaPresence.Map,
            _ => throw new InvalidOperationException($"protobuf-fields.tsv has the unknown presence {columns[5]}"),
        };
        return new SchemaField(this, int.Parse(columns[1], System.Globalization.CultureInfo.InvariantCulture), jsonName, columns[4], presence);
    }
}
