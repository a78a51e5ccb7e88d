namespace Strata.Api.Models;

/// <summary>Questions that every part asks of objects.</summary>
public static class ModelExtensions
{
    public static ObjectKey Key(this IKubeObject source) => new(source.Metadata.Namespace, source.Metadata.Name);

    /// <summary>Whether deletion has begun.</summary>
    public static bool IsDeleting(this IKubeObject source) => source.Metadata.DeletionTimestamp is not null;

    /// <summary>The owner that manages the object, if any.</summary>
    public static OwnerReference? Controller(this ObjectMeta metadata) => metadata.OwnerReferences.FirstOrDefault(owner => owner.Controller == true);

    /// <summary>A reference that makes <paramref name="owner"/> the managing controller.</summary>
    public static OwnerReference ToControllerReference(this IKubeObject owner) => new()
    {
        ApiVersion = owner.ApiVersion,
        Kind = owner.Kind,
        Name = owner.Metadata.Name,
        Uid = owner.Metadata.Uid,
        Controller = true,
        BlockOwnerDeletion = true,
    };

    public static PodCondition? Condition(this PodStatus status, string type) => status.Conditions.FirstOrDefault(condition => condition.Type == type);

    public static NodeCondition? Condition(this NodeStatus status, string type) => status.Conditions.FirstOrDefault(condition => condition.Type == type);

    public static bool IsReady(this Pod pod) => pod.Status.Condition("Ready") is { Status: "True" };

    /// <summary>Succeeded or Failed: no container will run again.</summary>
    public static bool IsTerminal(this Pod pod) => pod.Status.Phase is "Succeeded" or "Failed";

    /// <summary>Not terminal and not being deleted.</summary>
    public static bool IsActive(this Pod pod) => !pod.IsTerminal() && !pod.IsDeleting();
}
