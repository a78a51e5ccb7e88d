using System.Globalization;
using Strata.Api.Models;

namespace Strata.Controllers.Deployments;

/// <summary>Names that Deployment and its tools (kubectl rollout) agree on.</summary>
internal static class DeploymentNames
{
    public const string HashLabel = "pod-template-hash";
    public const string Revision = "deployment.kubernetes.io/revision";
    public const string RevisionHistory = "deployment.kubernetes.io/revision-history";
    public const string DesiredReplicas = "deployment.kubernetes.io/desired-replicas";
    public const string MaxReplicas = "deployment.kubernetes.io/max-replicas";

    private const int LongestHistory = 2000;
    private const string SafeAlphabet = "bcdfghjklmnpqrstvwxz2456789";

    // Annotations of the Deployment that its ReplicaSets do not inherit.
    private static readonly HashSet<string> OwnAnnotations =
        ["kubectl.kubernetes.io/last-applied-configuration", Revision, RevisionHistory, DesiredReplicas, MaxReplicas, "deprecated.deployment.rollback.to"];

    /// <summary>Stable hash of a template; <paramref name="collisions"/> makes another one when a name is taken. Upstream hashes Go's own print form; any stable hash serves.</summary>
    public static string Hash(PodTemplateSpec template, int? collisions)
    {
        var hash = Fnv1a(2166136261, ModelJson.Serialize(template));
        if (collisions is { } count)
        {
            hash = Fnv1a(hash, BitConverter.GetBytes(count));
        }

        return string.Create(10, hash, static (text, value) =>
        {
            for (var index = 0; index < text.Length; index++)
            {
                text[index] = SafeAlphabet[(int)(value % (uint)SafeAlphabet.Length)];
                value = (value / (uint)SafeAlphabet.Length) ^ (value * 2654435761);
            }
        });
    }

    /// <summary>Whether two templates describe the same pods; the hash label does not count.</summary>
    public static bool SameTemplate(PodTemplateSpec left, PodTemplateSpec right) => ModelJson.ContentEquals(WithoutHash(left), WithoutHash(right));

    public static PodTemplateSpec WithoutHash(PodTemplateSpec template) =>
        template.Metadata.Labels.ContainsKey(HashLabel)
            ? template with { Metadata = template.Metadata with { Labels = template.Metadata.Labels.Where(label => label.Key != HashLabel).ToDictionary() } }
            : template;

    public static long RevisionOf(ObjectMeta metadata) => Number(metadata, Revision);

    public static long Number(ObjectMeta metadata, string annotation) =>
        metadata.Annotations.TryGetValue(annotation, out var text) && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : 0;

    /// <summary>What a ReplicaSet inherits of the Deployment's annotations.</summary>
    public static Dictionary<string, string> Inherited(ObjectMeta deployment) =>
        deployment.Annotations.Where(annotation => !OwnAnnotations.Contains(annotation.Key)).ToDictionary();

    /// <summary>The revisions that a ReplicaSet had before, with one more; the oldest are dropped when the list grows long (upstream: 2000 bytes).</summary>
    public static string WithHistory(ObjectMeta replicaSet, long former)
    {
        var history = replicaSet.Annotations.GetValueOrDefault(RevisionHistory, "");
        history = history.Length == 0 ? $"{former}" : $"{history},{former}";
        while (history.Length > LongestHistory)
        {
            history = history[(history.IndexOf(',', StringComparison.Ordinal) + 1)..];
        }

        return history;
    }

    private static uint Fnv1a(uint hash, ReadOnlySpan<byte> bytes)
    {
        foreach (var value in bytes)
        {
            hash = (hash ^ value) * 16777619;
        }

        return hash;
    }
}
