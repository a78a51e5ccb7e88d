using System.Text;
using System.Text.Json.Nodes;
using Strata.Api.Errors;

namespace Strata.ApiServer.Registry.Generic;

/// <summary>Rules of object metadata that hold for every kind (apimachinery: pkg/api/validation/objectmeta.go).</summary>
internal static class MetadataValidation
{
    /// <summary>All annotations of one object together: keys and values, in bytes.</summary>
    public const int MostAnnotationBytes = 256 * 1024;

    private static readonly string[] StandardFinalizers = ["orphan", "foregroundDeletion", "kubernetes"];

    /// <summary>Checks metadata of an object about to be created or updated.</summary>
    public static void Validate(JsonObject target, ResourceStrategy strategy, FieldErrors errors)
    {
        var metadata = target.Object("metadata");
        ValidateNames(metadata, strategy, errors);
        QualifiedNames.ValidateLabels(metadata.Object("labels"), "metadata.labels", errors);
        ValidateAnnotations(metadata.Object("annotations"), "metadata.annotations", errors);
        ValidateFinalizers(metadata, strategy, errors);
        ValidateOwners(metadata, errors);
        if (metadata.Number("generation") < 0)
        {
            errors.Invalid("metadata.generation", metadata.Number("generation"), "must be greater than or equal to 0");
        }
    }

    /// <summary>Checks what an update changes in metadata.</summary>
    public static void ValidateUpdate(JsonObject target, JsonObject old, FieldErrors errors)
    {
        var metadata = target.Object("metadata");
        var oldMetadata = old.Object("metadata");
        foreach (var field in (ReadOnlySpan<string>)["name", "namespace", "uid", "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds"])
        {
            if (!JsonSemantics.AreEqual(metadata?[field], oldMetadata?[field]))
            {
                errors.Invalid($"metadata.{field}", metadata?[field]?.DeepClone(), "field is immutable");
            }
        }

        if (metadata.Number("generation") < oldMetadata.Number("generation"))
        {
            errors.Invalid("metadata.generation", metadata.Number("generation"), "must not be decremented");
        }

        ValidateFinalizerChange(metadata, oldMetadata, errors);
    }

    public static void ValidateAnnotations(JsonObject? annotations, string path, FieldErrors errors)
    {
        long bytes = 0;
        foreach (var (key, value) in annotations.Entries())
        {
            QualifiedNames.Validate(key.ToLowerInvariant(), path, errors);
            bytes += Encoding.UTF8.GetByteCount(key) + Encoding.UTF8.GetByteCount(value);
        }

        if (bytes > MostAnnotationBytes)
        {
            errors.TooLong(path, MostAnnotationBytes);
        }
    }

    private static void ValidateNames(JsonObject? metadata, ResourceStrategy strategy, FieldErrors errors)
    {
        var name = metadata.TextOrEmpty("name");
        var prefix = metadata.TextOrEmpty("generateName");
        if (prefix.Length > 0)
        {
            ValidateGenerateName(prefix, strategy, errors);
        }

        if (name.Length > 0)
        {
            strategy.ValidateName(name, errors);
        }
        else if (prefix.Length == 0)
        {
            errors.Required("metadata.name", "name or generateName is required");
        }

        var namespaceName = metadata.TextOrEmpty("namespace");
        if (!strategy.Kind.Namespaced)
        {
            if (namespaceName.Length > 0)
            {
                errors.Forbidden("metadata.namespace", "not allowed on this type");
            }
        }
        else if (namespaceName.Length == 0)
        {
            errors.Required("metadata.namespace");
        }
        else
        {
            ObjectNames.ValidateLabel(namespaceName, "metadata.namespace", errors);
        }
    }

    // A prefix may end in a dash, which no whole name may: the suffix stands for it while the kind's own rule looks.
    private static void ValidateGenerateName(string prefix, ResourceStrategy strategy, FieldErrors errors)
    {
        var found = new FieldErrors();
        strategy.ValidateName(prefix.EndsWith('-') ? string.Concat(prefix.AsSpan(0, prefix.Length - 1), "a") : prefix, found);
        foreach (var cause in found.Causes)
        {
            var detail = cause.Message[(cause.Message.IndexOf("\": ", StringComparison.Ordinal) + 3)..];
            errors.Invalid("metadata.generateName", prefix, detail);
        }
    }

    private static void ValidateFinalizers(JsonObject? metadata, ResourceStrategy strategy, FieldErrors errors)
    {
        var orphan = false;
        var foreground = false;
        foreach (var (finalizer, _) in metadata.Texts("finalizers"))
        {
            orphan |= finalizer == "orphan";
            foreground |= finalizer == "foregroundDeletion";
            QualifiedNames.Validate(finalizer, "metadata.finalizers", errors);
            if (!strategy.AllowsAnyFinalizer && !finalizer.Contains('/', StringComparison.Ordinal) && Array.IndexOf(StandardFinalizers, finalizer) < 0)
            {
                errors.Invalid("metadata.finalizers", finalizer, "name is neither a standard finalizer name nor is it fully qualified");
            }
        }

        if (orphan && foreground)
        {
            errors.Invalid("metadata.finalizers", metadata!["finalizers"]!, "finalizer orphan and foregroundDeletion cannot be both set");
        }
    }

    private static void ValidateFinalizerChange(JsonObject? metadata, JsonObject? oldMetadata, FieldErrors errors)
    {
        if (oldMetadata.Text("deletionTimestamp") is null)
        {
            return;
        }

        var known = oldMetadata.Texts("finalizers").Select(static entry => entry.Item).ToHashSet(StringComparer.Ordinal);
        var added = metadata.Texts("finalizers").Select(static entry => entry.Item).Where(finalizer => !known.Contains(finalizer)).ToArray();
        if (added.Length > 0)
        {
            var list = string.Join(", ", added.Select(static finalizer => $"\"{finalizer}\""));
            errors.Forbidden("metadata.finalizers", $"no new finalizers can be added if the object is being deleted, found new finalizers []string{{{list}}}");
        }
    }

    private static void ValidateOwners(JsonObject? metadata, FieldErrors errors)
    {
        var controller = "";
        foreach (var (owner, index) in metadata.Objects("ownerReferences"))
        {
            var path = $"metadata.ownerReferences[{index}]";
            ValidateOwner(owner, path, errors);
            if (!owner.IsTrue("controller"))
            {
                continue;
            }

            if (controller.Length > 0)
            {
                errors.Invalid(
                    "metadata.ownerReferences", metadata!["ownerReferences"]!,
                    $"Only one reference can have Controller set to true. Found \"true\" in references for {controller} and {owner.TextOrEmpty("name")}");
            }

            controller = owner.TextOrEmpty("name");
        }
    }

    private static void ValidateOwner(JsonObject owner, string path, FieldErrors errors)
    {
        var apiVersion = owner.TextOrEmpty("apiVersion");
        if (apiVersion.Length == 0 || apiVersion.EndsWith('/'))
        {
            errors.Invalid($"{path}.apiVersion", apiVersion, "version must not be empty");
        }

        foreach (var field in (ReadOnlySpan<string>)["kind", "name", "uid"])
        {
            if (owner.Text(field) is null)
            {
                errors.Invalid($"{path}.{field}", "", $"{field} must not be empty");
            }
        }

        // An event is gone within the hour; what it owned would go with it.
        if (apiVersion is "v1" or "events.k8s.io/v1" && owner.Text("kind") == "Event")
        {
            errors.Invalid(path, owner, $"{apiVersion}, Kind=Event is disallowed from being an owner");
        }
    }
}
