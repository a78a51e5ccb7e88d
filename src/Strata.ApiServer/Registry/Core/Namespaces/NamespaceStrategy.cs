using System.Text.Json;
using System.Text.Json.Nodes;
using Strata.Api.Errors;
using Strata.Api.Models;
using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.Registry.Core.Namespaces;

/// <summary>Namespaces. A deleted one becomes Terminating and stays until <c>spec.finalizers</c> is emptied through /finalize, which the namespace controller does
/// when nothing is left inside.</summary>
internal sealed class NamespaceStrategy : ResourceStrategy
{
    /// <summary>Put on every namespace, so that selectors can name it.</summary>
    public const string NameLabel = "kubernetes.io/metadata.name";

    private static readonly string[] FieldNames = ["status.phase", "name"];

    public override KindInfo Kind => Namespace.Info;

    public override IReadOnlyList<string> ShortNames => ["ns"];

    public override bool HasStatus => true;

    public override bool ReturnsObjectOnDelete => true;

    public override IReadOnlyList<TableColumn> Columns { get; } =
        [TableColumn.NameColumn, new("Status", Description: "The status of the namespace"), TableColumn.AgeColumn];

    /// <summary>The effect of PUT …/finalize: everything stays as stored except <c>spec.finalizers</c>.</summary>
    public static void PrepareForFinalize(JsonObject target, JsonObject old)
    {
        var finalizers = target.Object("spec").Array("finalizers")?.DeepClone();
        target.Clear();
        foreach (var (name, value) in old)
        {
            target[name] = value?.DeepClone();
        }

        target.Ensure("spec")["finalizers"] = finalizers;
    }

    public override void ValidateName(string name, FieldErrors errors) => ObjectNames.ValidateLabel(name, "metadata.name", errors);

    public override void Default(JsonObject target)
    {
        // A namespace with a generated name has none yet; PrepareForCreate looks again.
        if (target.Name() is { Length: > 0 } name)
        {
            target.Metadata().Ensure("labels")[NameLabel] = name;
        }
    }

    public override void PrepareForCreate(JsonObject target)
    {
        Default(target);
        var spec = target.Ensure("spec");
        if (!spec.Texts("finalizers").Any(static entry => entry.Item == "kubernetes"))
        {
            var finalizers = spec.Array("finalizers") ?? [];
            finalizers.Add((JsonNode)"kubernetes");
            spec["finalizers"] = finalizers;
        }

        target["status"] = new JsonObject { ["phase"] = "Active" };
    }

    public override void PrepareForUpdate(JsonObject target, JsonObject old) => target.Ensure("spec").Restore(old.Object("spec"), "finalizers");

    public override void PrepareForDelete(JsonObject target) => target.Ensure("status")["phase"] = "Terminating";

    public override bool IsDeletionPending(JsonObject target) => target.Object("spec").Count("finalizers") > 0;

    public override void Validate(JsonObject target, FieldErrors errors)
    {
        foreach (var (finalizer, index) in target.Object("spec").Texts("finalizers"))
        {
            if (finalizer != "kubernetes")
            {
                QualifiedNames.Validate(finalizer, $"spec.finalizers[{index}]", errors);
            }
        }
    }

    public override void ValidateUpdate(JsonObject target, JsonObject old, FieldErrors errors)
    {
        // The phase follows the deletion timestamp, whoever writes the status.
        var phase = target.Object("status").Text("phase");
        if (target.IsDeleting() && phase != "Terminating")
        {
            errors.Invalid("status.Phase", phase ?? "", "may only be 'Terminating' if `deletionTimestamp` is not empty");
        }
        else if (!target.IsDeleting() && phase is not (null or "Active"))
        {
            errors.Invalid("status.Phase", phase, "may only be 'Active' if `deletionTimestamp` is empty");
        }
    }

    public override IReadOnlyDictionary<string, string> SelectableFields(JsonElement source) => new SelectableFieldSet(
        FieldNames, [SelectableFieldSet.Value(source.Get("status"u8, "phase"u8)), source.Get("metadata"u8, "name"u8).Text()]);

    public override IReadOnlyList<JsonNode?> Row(JsonElement source, DateTimeOffset now) =>
        [TableColumn.NameOf(source), source.Get("status"u8, "phase"u8).Text(), TableColumn.Age(source, now)];
}
