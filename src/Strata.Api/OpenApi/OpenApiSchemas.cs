using System.Text.Json;
using Strata.Api.Schema;

namespace Strata.Api.OpenApi;

/// <summary>Collects the types that a document needs and writes their schemas. Not thread-safe; used once.</summary>
internal sealed class OpenApiSchemas(SchemaTable schema, SchemaDescriptions? descriptions, OpenApiDialect dialect)
{
    private readonly SortedDictionary<string, SchemaType> _types = new(StringComparer.Ordinal);
    private readonly SortedSet<string> _leaves = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SortedSet<string>> _apiVersions = new(StringComparer.Ordinal);
    private readonly Dictionary<(string ApiVersion, string Kind), (OpenApiResource Resource, bool IsList)> _custom = [];
    private readonly SortedDictionary<string, (OpenApiResource Resource, bool IsList)> _customInUse = new(StringComparer.Ordinal);

    public string ReferencePrefix { get; } = dialect == OpenApiDialect.V2 ? "#/definitions/" : "#/components/schemas/";

    /// <summary>Makes a kind known that is not built in; for others it does nothing.</summary>
    public void Define(OpenApiResource resource)
    {
        if (resource.Custom is { } custom)
        {
            _custom[(resource.Kind.ApiVersion, resource.Kind.Kind)] = (resource, false);
            _custom[(resource.Kind.ApiVersion, custom.ListKind)] = (resource, true);
        }
    }

    /// <summary>Adds a kind, its list and everything they refer to.</summary>
    /// <returns>The name for references; null when the table does not know the kind.</returns>
    public string? RequireKind(string apiVersion, string kind)
    {
        if (_custom.TryGetValue((apiVersion, kind), out var custom))
        {
            var name = OpenApiNames.Custom(custom.Resource.Kind, kind);
            _customInUse[name] = custom;
            _customInUse[OpenApiNames.Custom(custom.Resource.Kind, custom.Resource.Kind.Kind)] = (custom.Resource, false);
            Require(schema.Type("meta.v1.ObjectMeta")!);
            Require(schema.Type("meta.v1.ListMeta")!);
            return name;
        }

        if (schema.ForKind(apiVersion, kind) is not { } type)
        {
            return null;
        }

        Require(type);
        if (!_apiVersions.TryGetValue(type.Name, out var versions))
        {
            _apiVersions.Add(type.Name, versions = new SortedSet<string>(StringComparer.Ordinal));
        }

        versions.Add(apiVersion);
        return OpenApiNames.Schema(type.Name);
    }

    /// <summary>Adds a type that has no members of its own, such as <c>meta.v1.Patch</c>.</summary>
    public string RequireLeaf(string type)
    {
        _leaves.Add(type);
        return OpenApiNames.Schema(type);
    }

    /// <summary>Writes all schemas as members of the object that the writer stands in.</summary>
    public void WriteAll(Utf8JsonWriter writer)
    {
        foreach (var (name, (resource, isList)) in _customInUse)
        {
            WriteCustom(writer, name, resource, isList);
        }

        foreach (var type in _types.Values)
        {
            WriteType(writer, type);
        }

        foreach (var leaf in _leaves)
        {
            writer.WriteStartObject(OpenApiNames.Schema(leaf));
            OpenApiLeaves.Write(writer, leaf, dialect);
            writer.WriteEndObject();
        }
    }

    private void WriteCustom(Utf8JsonWriter writer, string name, OpenApiResource resource, bool isList)
    {
        var custom = resource.Custom!;
        var output = new CustomSchemaWriter(writer, dialect);
        var metadata = ReferencePrefix + OpenApiNames.Schema(isList ? "meta.v1.ListMeta" : "meta.v1.ObjectMeta");
        writer.WriteStartObject(name);
        if (isList)
        {
            output.WriteList(resource.Kind.Kind, ReferencePrefix + OpenApiNames.Custom(resource.Kind, resource.Kind.Kind), metadata);
        }
        else
        {
            output.WriteKind(custom.Schema, metadata);
        }

        writer.WriteStartArray("x-kubernetes-group-version-kind"u8);
        WriteKind(writer, resource.Kind.ApiVersion, isList ? custom.ListKind : resource.Kind.Kind);
        writer.WriteEndArray();
        if (!isList && custom.SelectableFields.Count > 0)
        {
            writer.WriteStartArray("x-kubernetes-selectable-fields"u8);
            foreach (var field in custom.SelectableFields)
            {
                writer.WriteStartObject();
                writer.WriteString("fieldPath"u8, field);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
        }

        writer.WriteEndObject();
    }

    private void Require(SchemaType type)
    {
        if (!_types.TryAdd(type.Name, type))
        {
            return;
        }

        foreach (var field in type.Fields)
        {
            if (field.Kind != SchemaFieldKind.Object)
            {
                if (OpenApiLeaves.IsLeaf(field))
                {
                    _leaves.Add(field.TypeName);
                }
            }
            else if (field.ObjectType is { } inner)
            {
                Require(inner);
            }
        }
    }

    private void WriteType(Utf8JsonWriter writer, SchemaType type)
    {
        writer.WriteStartObject(OpenApiNames.Schema(type.Name));
        if (descriptions?.OfType(type.Name) is { } about)
        {
            writer.WriteString("description"u8, about);
        }

        writer.WriteString("type"u8, "object");
        WriteProperties(writer, type);
        var required = type.Fields.Where(field => RequiredFields.IsRequired(type, field)).Select(field => field.JsonName).ToArray();
        WriteStrings(writer, "required", required);
        if (type.MapType == SchemaMapType.Atomic)
        {
            writer.WriteString("x-kubernetes-map-type"u8, "atomic");
        }

        WriteKinds(writer, type);
        writer.WriteEndObject();
    }

    private void WriteProperties(Utf8JsonWriter writer, SchemaType type)
    {
        if (type.Fields.Count == 0)
        {
            return;
        }

        writer.WriteStartObject("properties"u8);
        foreach (var field in type.Fields)
        {
            writer.WriteStartObject(field.JsonName);
            if (descriptions?.OfField(type.Name, field.JsonName) is { } about)
            {
                writer.WriteString("description"u8, about);
            }

            WriteField(writer, field);
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
    }

    private void WriteField(Utf8JsonWriter writer, SchemaField field)
    {
        if (field.IsMap)
        {
            writer.WriteString("type"u8, "object");
            writer.WriteStartObject("additionalProperties"u8);
            WriteListOrValue(writer, field);
            writer.WriteEndObject();
        }
        else
        {
            WriteListOrValue(writer, field);
        }

        if (field.PatchStrategy != SchemaPatchStrategy.None)
        {
            writer.WriteString("x-kubernetes-patch-strategy"u8, Strategy(field.PatchStrategy));
        }

        if (field.MergeKey is { } mergeKey)
        {
            writer.WriteString("x-kubernetes-patch-merge-key"u8, mergeKey);
        }

        if (field.IsList && field.ListType != SchemaListType.None)
        {
            writer.WriteString("x-kubernetes-list-type"u8, field.ListType switch { SchemaListType.Atomic => "atomic", SchemaListType.Set => "set", _ => "map" });
            WriteStrings(writer, "x-kubernetes-list-map-keys", field.ListMapKeys);
        }

        if (field.IsMap && field.MapType != SchemaMapType.None)
        {
            writer.WriteString("x-kubernetes-map-type"u8, field.MapType == SchemaMapType.Atomic ? "atomic" : "granular");
        }
    }

    private void WriteListOrValue(Utf8JsonWriter writer, SchemaField field)
    {
        if (!field.IsList)
        {
            WriteValue(writer, field);
            return;
        }

        writer.WriteString("type"u8, "array");
        writer.WriteStartObject("items"u8);
        WriteValue(writer, field);
        writer.WriteEndObject();
    }

    private void WriteValue(Utf8JsonWriter writer, SchemaField field)
    {
        if (field.Kind != SchemaFieldKind.Object && !OpenApiLeaves.IsLeaf(field))
        {
            OpenApiLeaves.WriteScalar(writer, field.Kind);
            return;
        }

        var reference = ReferencePrefix + OpenApiNames.Schema(field.TypeName);
        if (dialect == OpenApiDialect.V2)
        {
            writer.WriteString("$ref"u8, reference);
            return;
        }

        writer.WriteStartArray("allOf"u8);
        writer.WriteStartObject();
        writer.WriteString("$ref"u8, reference);
        writer.WriteEndObject();
        writer.WriteEndArray();
    }

    // Kinds are found by this extension: explain, client-side apply.
    private void WriteKinds(Utf8JsonWriter writer, SchemaType type)
    {
        if (!type.HasTypeMeta)
        {
            return;
        }

        var versions = _apiVersions.GetValueOrDefault(type.Name) ?? [];
        if (versions.Count == 0 && OpenApiNames.ApiVersion(schema, type.Name) is { } apiVersion)
        {
            versions.Add(apiVersion);
        }

        if (versions.Count == 0)
        {
            return;
        }

        writer.WriteStartArray("x-kubernetes-group-version-kind"u8);
        foreach (var version in versions)
        {
            WriteKind(writer, version, type.ShortName);
        }

        writer.WriteEndArray();
    }

    public static void WriteKind(Utf8JsonWriter writer, string apiVersion, string kind)
    {
        var slash = apiVersion.IndexOf('/', StringComparison.Ordinal);
        writer.WriteStartObject();
        writer.WriteString("group"u8, slash < 0 ? "" : apiVersion[..slash]);
        writer.WriteString("kind"u8, kind);
        writer.WriteString("version"u8, apiVersion[(slash + 1)..]);
        writer.WriteEndObject();
    }

    private static void WriteStrings(Utf8JsonWriter writer, string name, IReadOnlyList<string> values)
    {
        if (values.Count == 0)
        {
            return;
        }

        writer.WriteStartArray(name);
        foreach (var value in values)
        {
            writer.WriteStringValue(value);
        }

        writer.WriteEndArray();
    }

    private static string Strategy(SchemaPatchStrategy strategy) => strategy switch
    {
        SchemaPatchStrategy.Merge => "merge",
        SchemaPatchStrategy.RetainKeys => "retainKeys",
        SchemaPatchStrategy.Merge | SchemaPatchStrategy.RetainKeys => "merge,retainKeys",
        _ => "replace",
    };
}
