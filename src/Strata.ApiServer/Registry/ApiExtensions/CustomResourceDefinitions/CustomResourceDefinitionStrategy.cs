using System.Text.Json;
using System.Text.Json.Nodes;
using Strata.Api.Errors;
using Strata.Api.Models;
using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.Registry.ApiExtensions.CustomResourceDefinitions;

/// <summary>Definitions of custom resources. A deleted one keeps a finalizer until all its objects are gone
/// (apiextensions-apiserver: pkg/registry/customresourcedefinition/strategy.go, etcd.go).</summary>
internal sealed class CustomResourceDefinitionStrategy : ResourceStrategy
{
    public static readonly KindInfo Info = new("apiextensions.k8s.io", "v1", "CustomResourceDefinition", "customresourcedefinitions", false);

    public override KindInfo Kind => Info;

    public override IReadOnlyList<string> ShortNames => ["crd", "crds"];

    public override IReadOnlyList<string> Categories => ["api-extensions"];

    public override bool HasStatus => true;

    public override bool HasGeneration => true;

    public override bool AllowsUnconditionalUpdate => false;

    public override bool AllowsAnyFinalizer => true;

    public override IReadOnlyList<TableColumn> Columns { get; } =
        [TableColumn.NameColumn, new("Created At", "date", Description: "CreationTimestamp is the time when this object was created.")];

    // In a schema nearly every empty value has a meaning of its own.
    public override bool AreEqual(JsonNode? left, JsonNode? right) => ExactJson.AreEqual(left, right);

    public override void Default(JsonObject target) => CustomResourceDefinitionDefaults.Apply(target);

    public override void PrepareForCreate(JsonObject target)
    {
        target["status"] = new JsonObject
        {
            ["conditions"] = new JsonArray(),
            ["acceptedNames"] = new JsonObject { ["plural"] = "", ["kind"] = "" },
            ["storedVersions"] = new JsonArray(),
        };
        AddStoredVersion(target);
    }

    public override void PrepareForUpdate(JsonObject target, JsonObject old) => AddStoredVersion(target);

    public override void Validate(JsonObject target, FieldErrors errors) => CustomResourceDefinitionValidation.Validate(target, errors);

    public override void ValidateUpdate(JsonObject target, JsonObject old, FieldErrors errors) => CustomResourceDefinitionUpdate.Validate(target, old, errors);

    // The first request to delete only marks it: the objects have to go first.
    public override bool IsDeletionPending(JsonObject target) => !target.IsDeleting();

    public override void PrepareForDelete(JsonObject target)
    {
        var metadata = target.Metadata();
        var finalizers = metadata.Texts("finalizers").Select(static entry => entry.Item).ToList();
        if (!finalizers.Contains(DefinitionConditions.CleanupFinalizer))
        {
            metadata.SetTexts("finalizers", [.. finalizers, DefinitionConditions.CleanupFinalizer]);
        }

        DefinitionConditions.Set(
            target, DefinitionConditions.Terminating, true, "InstanceDeletionPending",
            "CustomResourceDefinition marked for deletion; CustomResource deletion will begin soon", metadata.TextOrEmpty("deletionTimestamp"));
    }

    public override IReadOnlyList<JsonNode?> Row(JsonElement source, DateTimeOffset now) =>
        [TableColumn.NameOf(source), source.Get("metadata"u8).Text("creationTimestamp"u8)];

    // Once objects may have been stored in a version, only whoever has migrated them may take it off the list.
    private static void AddStoredVersion(JsonObject target)
    {
        var storage = target.Object("spec").Objects("versions").Where(static entry => entry.Item.IsTrue("storage")).Select(static entry => entry.Item.Text("name")).FirstOrDefault();
        var status = target.Ensure("status");
        var stored = status.Texts("storedVersions").Select(static entry => entry.Item).ToList();
        if (storage is not null && !stored.Contains(storage))
        {
            status.SetTexts("storedVersions", [.. stored, storage]);
        }
    }
}
