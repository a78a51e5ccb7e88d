using System.Text.Json;
using System.Text.Json.Nodes;
using Strata.Api.Errors;
using Strata.Api.Models;
using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.Registry.Storage.StorageClasses;

/// <summary>StorageClasses: who makes volumes, and how.</summary>
internal sealed class StorageClassStrategy : ResourceStrategy
{
    public override KindInfo Kind => StorageClass.Info;

    public override IReadOnlyList<string> ShortNames => ["sc"];

    public override bool ReturnsObjectOnDelete => true;

    public override IReadOnlyList<TableColumn> Columns { get; } =
    [
        TableColumn.NameColumn, new("Provisioner", Description: "Who makes the volumes."), new("ReclaimPolicy", Description: "What becomes of a volume without a claim."),
        new("VolumeBindingMode", Description: "Whether a claim gets its volume at once or with its first pod."), new("AllowVolumeExpansion", Description: "Whether volumes may grow."),
        TableColumn.AgeColumn,
    ];

    public override void Default(JsonObject target)
    {
        target.DefaultText("reclaimPolicy", "Delete");
        target.DefaultText("volumeBindingMode", "Immediate");
    }

    // Rules: storage: validation.go ValidateStorageClass.
    public override void Validate(JsonObject target, FieldErrors errors)
    {
        ClassRules.ValidateProvisioner(target.TextOrEmpty("provisioner"), "provisioner", errors);
        ClassRules.ValidateParameters(target.Object("parameters"), mayBeEmpty: true, errors);
        if (target.TextOrEmpty("reclaimPolicy") is not ("Delete" or "Retain") and var policy)
        {
            errors.NotSupported("reclaimPolicy", policy, "Delete", "Retain");
        }

        if (target.TextOrEmpty("volumeBindingMode") is not ("Immediate" or "WaitForFirstConsumer") and var mode)
        {
            errors.NotSupported("volumeBindingMode", mode, "Immediate", "WaitForFirstConsumer");
        }

        var seen = new List<JsonObject>();
        foreach (var (term, index) in target.Objects("allowedTopologies"))
        {
            ValidateTerm(term, $"allowedTopologies[{index}].matchLabelExpressions", errors);
            if (seen.Any(other => JsonSemantics.AreEqual(term, other)))
            {
                errors.Duplicate($"allowedTopologies[{index}].matchLabelExpressions", "");
            }

            seen.Add(term);
        }
    }

    public override void ValidateUpdate(JsonObject target, JsonObject old, FieldErrors errors)
    {
        foreach (var field in (ReadOnlySpan<string>)["parameters", "provisioner", "reclaimPolicy"])
        {
            ClassRules.ForbidChange(target, old, field, errors);
        }

        target.ValidateUnchanged(old, "volumeBindingMode", "", errors);
    }

    public override IReadOnlyList<JsonNode?> Row(JsonElement source, DateTimeOffset now) =>
    [
        ClassRules.Name(source, "storageclass.kubernetes.io/is-default-class"u8), source.Text("provisioner"u8),
        source.Get("reclaimPolicy"u8).HasText() ? source.Text("reclaimPolicy"u8) : "Delete",
        source.Get("volumeBindingMode"u8).HasText() ? source.Text("volumeBindingMode"u8) : "Immediate", source.Get("allowVolumeExpansion"u8).IsTrue(), TableColumn.Age(source, now),
    ];

    private static void ValidateTerm(JsonObject term, string path, FieldErrors errors)
    {
        var keys = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (expression, index) in term.Objects("matchLabelExpressions"))
        {
            var key = expression.TextOrEmpty("key");
            if (expression.Count("values") == 0)
            {
                errors.Required($"{path}[{index}].values");
            }

            var values = new HashSet<string>(StringComparer.Ordinal);
            foreach (var (value, position) in expression.Texts("values"))
            {
                if (!values.Add(value))
                {
                    errors.Duplicate($"{path}[{index}].values[{position}]", value);
                }
            }

            QualifiedNames.Validate(key, $"{path}[{index}].key", errors);
            if (!keys.Add(key))
            {
                errors.Duplicate($"{path}[{index}].key", key);
            }
        }
    }
}
