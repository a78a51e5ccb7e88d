using System.Collections.Frozen;
using System.Text.Json;
using System.Text.Json.Nodes;
using Strata.Api.Errors;
using Strata.Api.ManagedFields;
using Strata.Api.Models;
using Strata.Api.OpenApi;
using Strata.Api.Structural;
using Strata.ApiServer.CustomResources.Conversion;
using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.CustomResources;

/// <summary>The rules of one version of a custom resource, as its definition tells them (apiextensions-apiserver: pkg/registry/customresource/strategy.go).</summary>
internal sealed class CustomResourceStrategy(CustomResourceVersion version, ICustomResourceConverter converter) : ResourceStrategy
{
    private readonly string[] _fieldNames = [.. version.SelectableFields];

    public override KindInfo Kind => version.Kind;

    public override KindInfo StorageKind => version.StorageKind;

    public override string ListKind => version.ListKind;

    public override string Singular => version.Singular;

    public override IReadOnlyList<string> ShortNames => version.ShortNames;

    public override IReadOnlyList<string> Categories => version.Categories;

    public override bool HasStatus => version.HasStatus;

    public override bool HasGeneration => true;

    public override bool AllowsUnconditionalUpdate => false;

    public override bool AllowsAnyFinalizer => true;

    public override ScalePaths? Scale => version.Scale;

    public override MergeSchema MergeSchema { get; } = StructuralMergeSchema.ForResource(version.Schema);

    public override CustomKind? Published => version.Published;

    public override IVersionConverter Converter { get; } = new StoredVersionConverter(version, converter);

    public override IFieldSchema Fields { get; } = new CustomResourceFields(version.Schema);

    public override IReadOnlyList<TableColumn> Columns { get; } = version.Columns.Count == 0
        ? TableColumn.NameAndAge
        : [TableColumn.NameColumn, .. version.Columns.Select(static column => column.Header)];

    public override bool AreEqual(JsonNode? left, JsonNode? right) => ExactJson.AreEqual(left, right);

    public override void Default(JsonObject target) => Defaulter.Default(target, version.Schema);

    public override void PrepareForCreate(JsonObject target)
    {
        Pruner.Prune(target, version.Schema); // Admission may have added something.
        if (HasStatus)
        {
            target.Remove("status");
        }
    }

    public override void PrepareForUpdate(JsonObject target, JsonObject old) => Pruner.Prune(target, version.Schema);

    public override void PrepareForStatusUpdate(JsonObject target, JsonObject old)
    {
        Pruner.Prune(target, version.Schema);
        target["metadata"] = old.Metadata().DeepClone();
    }

    public override void Validate(JsonObject target, FieldErrors errors)
    {
        StructuralValidator.Validate(target, null, version.Schema, errors);
        ValidateScale(target, errors);
    }

    public override void ValidateChanged(JsonObject target, JsonObject old, WriteMode mode, FieldErrors errors)
    {
        StructuralValidator.Validate(target, old, version.Schema, errors);
        ValidateScale(target, errors);
    }

    public override IReadOnlyDictionary<string, string> SelectableFields(JsonElement source) => _fieldNames.Length == 0
        ? FrozenDictionary<string, string>.Empty
        : new SelectableFieldSet(_fieldNames, [.. _fieldNames.Select(name => SelectableFieldSet.Value(At(source, name)))]);

    public override IReadOnlyList<JsonNode?> Row(JsonElement source, DateTimeOffset now) => version.Columns.Count == 0
        ? TableColumn.NameAndAgeCells(source, now)
        : [TableColumn.NameOf(source), .. version.Columns.Select(column => CustomResourceCell.Of(column, source, now))];

    private static JsonElement At(JsonElement source, string path)
    {
        foreach (var name in path.Split('.'))
        {
            if (source.ValueKind != JsonValueKind.Object || !source.TryGetProperty(name, out source))
            {
                return default;
            }
        }

        return source;
    }

    // What /scale could not show must not get in through the front door either.
    private void ValidateScale(JsonObject target, FieldErrors errors)
    {
        if (version.Scale is not { } scale)
        {
            return;
        }

        foreach (var path in (ReadOnlySpan<string>)[scale.SpecReplicas, scale.StatusReplicas])
        {
            if (JsonTree.TryNumber(target.At(path), out var replicas) && replicas is < 0 or > int.MaxValue)
            {
                errors.Invalid(path, replicas, replicas < 0 ? "should be a non-negative integer" : $"should be less than or equal to {int.MaxValue}");
            }
        }
    }
}
