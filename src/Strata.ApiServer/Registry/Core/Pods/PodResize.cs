using System.Text.Json.Nodes;
using Strata.Api.Errors;
using Strata.ApiServer.Registry.Core.Pods.Spec;
using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.Registry.Core.Pods;

/// <summary>Changing what the containers of a pod may use, in place (KEP-1287; core: validation.go ValidatePodResize).</summary>
internal static class PodResize
{
    private static readonly string[] Lists = ["containers", "initContainers"];

    /// <summary>Whether a node made the pod from a file.</summary>
    public static bool IsStatic(JsonObject pod) => pod.Object("metadata").Object("annotations").Text("kubernetes.io/config.mirror") is not null;

    public static void Take(JsonObject wanted, JsonObject target)
    {
        foreach (var list in Lists.AsSpan())
        {
            foreach (var (container, _) in target.Object("spec").Objects(list))
            {
                if (Find(wanted, list, container) is { } resized)
                {
                    container.Restore(resized, "resources");
                }
            }
        }
    }

    public static void Validate(JsonObject target, JsonObject old, FieldErrors errors)
    {
        if (IsStatic(old))
        {
            errors.Forbidden("", "static pods cannot be resized");
            return;
        }

        if (old.Object("spec").Object("os").Text("name") == "windows")
        {
            errors.Forbidden("", "windows pods cannot be resized");
            return;
        }

        if (!IsSupported(old))
        {
            errors.Forbidden("spec", "Pod running on node without support for resize");
        }

        var quality = PodQos.Compute(target.Ensure("spec"));
        if (quality != PodQos.Compute(old.Ensure("spec")))
        {
            errors.Invalid("spec", quality, "Pod QOS Class may not change as a result of resizing");
        }

        foreach (var list in Lists.AsSpan())
        {
            foreach (var (container, index) in target.Object("spec").Objects(list))
            {
                ValidateResources(container.Object("resources"), Find(old, list, container).Object("resources"), $"spec.{list}[{index}].resources", errors);
            }
        }
    }

    // A node that resizes says in the status what its containers have.
    private static bool IsSupported(JsonObject pod) =>
        pod.Object("status").Text("phase") != "Running" || pod.Object("status").Objects("containerStatuses").All(static entry => entry.Item["resources"] is not null);

    private static void ValidateResources(JsonObject? resources, JsonObject? old, string path, FieldErrors errors)
    {
        foreach (var side in (ReadOnlySpan<string>)["limits", "requests"])
        {
            foreach (var (name, _) in old.Object(side).Entries())
            {
                if (name is "cpu" or "memory" && resources.Object(side)?[name] is null)
                {
                    errors.Forbidden($"{path}.{side}", $"resource {side} cannot be removed");
                }
            }
        }

        if (!JsonSemantics.AreEqual(Others(resources), Others(old)))
        {
            errors.Forbidden("spec", "only cpu and memory resources are mutable");
        }
    }

    private static JsonObject Others(JsonObject? resources)
    {
        var others = (JsonObject?)resources?.DeepClone() ?? [];
        foreach (var side in (ReadOnlySpan<string>)["limits", "requests"])
        {
            var amounts = others.Ensure(side);
            amounts.Remove("cpu");
            amounts.Remove("memory");
        }

        return others;
    }

    private static JsonObject? Find(JsonObject pod, string list, JsonObject container) =>
        pod.Object("spec").Objects(list).FirstOrDefault(entry => entry.Item.TextOrEmpty("name") == container.TextOrEmpty("name")).Item;
}
