using System.Text.Json.Nodes;
using Strata.Api.JsonPaths;
using Strata.Api.Models;
using Strata.Api.OpenApi;
using Strata.Api.Structural;
using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.CustomResources;

/// <summary>One version of a custom resource, compiled once from its definition. Immutable.</summary>
internal sealed class CustomResourceVersion
{
    private CustomResourceVersion(KindInfo kind, KindInfo storageKind, JsonObject names, JsonObject version)
    {
        var schema = version.Object("schema").Object("openAPIV3Schema");
        var subresources = version.Object("subresources");
        var scale = subresources.Object("scale");
        Kind = kind;
        StorageKind = storageKind;
        Schema = StructuralReader.Read(schema);
        ListKind = names.Text("listKind") ?? kind.Kind + "List";
        Singular = names.Text("singular") ?? kind.Kind.ToLowerInvariant();
        ShortNames = [.. names.Texts("shortNames").Select(static entry => entry.Item)];
        Categories = [.. names.Texts("categories").Select(static entry => entry.Item)];
        IsServed = version.IsTrue("served");
        HasStatus = subresources?["status"] is JsonObject;
        Scale = scale is null ? null : new ScalePaths(
            PathOf(scale, "specReplicasPath"), PathOf(scale, "statusReplicasPath"), PathOf(scale, "labelSelectorPath"));
        Columns = [.. version.Objects("additionalPrinterColumns").Select(static entry => CustomResourceColumn.Read(entry.Item))];
        SelectableFields = [.. version.Objects("selectableFields").Select(static entry => entry.Item.TextOrEmpty("jsonPath").TrimStart('.'))];
        Deprecation = version.IsTrue("deprecated") ? version.Text("deprecationWarning") ?? $"{kind.ApiVersion} {kind.Kind} is deprecated" : null;
        Published = new CustomKind(ListKind, schema ?? [], SelectableFields);
    }

    public KindInfo Kind { get; }

    /// <summary>The version that is stored.</summary>
    public KindInfo StorageKind { get; }

    public StructuralSchema Schema { get; }

    public string ListKind { get; }

    public string Singular { get; }

    public IReadOnlyList<string> ShortNames { get; }

    public IReadOnlyList<string> Categories { get; }

    public bool IsServed { get; }

    public bool HasStatus { get; }

    public ScalePaths? Scale { get; }

    /// <summary>Besides the name; empty when the definition has none.</summary>
    public IReadOnlyList<CustomResourceColumn> Columns { get; }

    /// <summary>Dot-separated paths.</summary>
    public IReadOnlyList<string> SelectableFields { get; }

    /// <summary>What users of this version are told; null when it is not deprecated.</summary>
    public string? Deprecation { get; }

    /// <summary>As OpenAPI shows it.</summary>
    public CustomKind Published { get; }

    /// <summary>All versions of a definition, under the names that were accepted for it.</summary>
    public static IReadOnlyList<CustomResourceVersion> ReadAll(JsonObject definition)
    {
        var spec = definition.Object("spec");
        var names = definition.Object("status").Object("acceptedNames") ?? [];
        var versions = spec.Objects("versions").Select(static entry => entry.Item).ToList();
        KindInfo KindOf(JsonObject version) => new(
            spec.TextOrEmpty("group"), version.TextOrEmpty("name"), names.TextOrEmpty("kind"), names.TextOrEmpty("plural"), spec.TextOrEmpty("scope") == "Namespaced");
        var storage = versions.Find(static version => version.IsTrue("storage"));
        return storage is null ? [] : [.. versions.Select(version => new CustomResourceVersion(KindOf(version), KindOf(storage), names, version))];
    }

    private static string PathOf(JsonObject scale, string name) => scale.TextOrEmpty(name).TrimStart('.');
}

/// <summary>A printer column.</summary>
/// <param name="Header">As clients see it.</param>
/// <param name="Path">Null when what the definition says is no path: then the cells are empty.</param>
internal sealed record CustomResourceColumn(TableColumn Header, JsonPathQuery? Path)
{
    public static CustomResourceColumn Read(JsonObject column)
    {
        var path = column.TextOrEmpty("jsonPath");
        var description = column.Text("description") ?? $"Custom resource definition column (in JSONPath format): {path}";
        var header = new TableColumn(column.TextOrEmpty("name"), column.TextOrEmpty("type"), (int)(column.Number("priority") ?? 0), column.TextOrEmpty("format"), description);
        return new CustomResourceColumn(header, JsonPathQuery.TryParse(path, out var query) ? query : null);
    }
}
