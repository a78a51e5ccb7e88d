using System.Text.Json.Nodes;
using Strata.Api.Errors;
using Strata.Api.Models;
using Strata.ApiServer.Registry.Generic;
using JsonBytes = Strata.Api.Json.JsonBytes;

namespace Strata.ApiServer.Admission.Plugins.PodSecurity;

/// <summary>Holds pods to the level that the labels <c>pod-security.kubernetes.io/...</c> of their namespace ask for, and warns about templates of such pods
/// (plugin/pkg/admission/security/podsecurity). Namespaces without labels allow everything. There is no audit log yet, so the mode <c>audit</c> is checked for its spelling only.</summary>
internal sealed class PodSecurityPlugin(IObjectReader objects) : IAdmissionPlugin
{
    // Upstream's bound on the work that a change of labels causes.
    private const int MostPods = 3000;

    private static readonly string[] Modes = ["enforce", "audit", "warn"];

    public async ValueTask ValidateAsync(AdmissionRequest request, CancellationToken cancellationToken)
    {
        if (request.Object is not { } target || request.Operation is not (AdmissionOperation.Create or AdmissionOperation.Update))
        {
            return;
        }

        if (request.Kind == Namespace.Info)
        {
            if (request.Subresource.Length == 0)
            {
                CheckNamespace(request, target);
            }
        }
        else if (request.Kind == Pod.Info)
        {
            // Of the subresources only these change what runs.
            if (request.Subresource is "" or "ephemeralcontainers" or "resize" && (request.OldObject is null || IsSignificant(target, request.OldObject)))
            {
                await CheckAsync(request, target, isPod: true, cancellationToken);
            }
        }
        else if (request.Subresource.Length == 0 && TemplateOf(request.Kind, target) is { } template)
        {
            await CheckAsync(request, template, isPod: false, cancellationToken);
        }
    }

    private async ValueTask CheckAsync(AdmissionRequest request, JsonObject target, bool isPod, CancellationToken cancellationToken)
    {
        if (await objects.FindAsync<Namespace>("", request.Namespace, cancellationToken) is not { Metadata.Labels: var labels } || !SecurityPolicy.IsIn(labels))
        {
            return;
        }

        var enforce = isPod ? SecurityPolicy.Of(labels, "enforce") : SecurityPolicy.None;
        var warn = SecurityPolicy.Of(labels, "warn");
        if (enforce.Level == SecurityLevel.Privileged && warn.Level == SecurityLevel.Privileged)
        {
            return;
        }

        var pod = Read(target);
        if (SecurityChecks.Evaluate(enforce, pod) is { Count: > 0 } violations)
        {
            throw ApiErrors.Forbidden(request.Kind, request.Name, $"violates PodSecurity \"{enforce}\": {SecurityFinding.Describe(violations)}");
        }

        if (SecurityChecks.Evaluate(warn, pod) is { Count: > 0 } findings)
        {
            request.Warn($"would violate PodSecurity \"{warn}\": {SecurityFinding.Describe(findings)}");
        }
    }

    private void CheckNamespace(AdmissionRequest request, JsonObject target)
    {
        var labels = LabelsOf(target);
        var old = request.OldObject is { } before ? LabelsOf(before) : null;
        var errors = new FieldErrors();
        var oldErrors = new FieldErrors();
        foreach (var mode in Modes)
        {
            SecurityPolicy.Of(labels, mode, errors);
            SecurityPolicy.Of(old ?? labels, mode, old is null ? null : oldErrors);
        }

        // Labels that were wrong before must not stand in the way of another change.
        if (errors.Any && !errors.Causes.SequenceEqual(oldErrors.Causes))
        {
            throw ApiErrors.Invalid(request.Kind, request.Name, errors.Causes);
        }

        var policy = SecurityPolicy.Of(labels, "enforce");
        var oldPolicy = old is null ? policy : SecurityPolicy.Of(old, "enforce");
        var isRelaxed = policy.Minor == oldPolicy.Minor && policy.Level <= oldPolicy.Level;
        if (policy.Level != SecurityLevel.Privileged && !isRelaxed)
        {
            WarnAboutPods(request, policy);
        }
    }

    private void WarnAboutPods(AdmissionRequest request, SecurityPolicy policy)
    {
        var pods = objects.List<Pod>(request.Name);
        if (pods.Count > MostPods)
        {
            request.Warn($"new PodSecurity enforce level only checked against the first {MostPods} of {pods.Count} existing pods");
        }

        var found = pods.Take(MostPods)
            .Select(pod => (pod.Metadata.Name, Problem: SecurityFinding.Reasons(SecurityChecks.Evaluate(policy, new SecurityPod(pod.Metadata.Annotations, pod.Spec)))))
            .Where(static entry => entry.Problem.Length > 0).GroupBy(static entry => entry.Problem, static entry => entry.Name).ToList();
        if (found.Count == 0)
        {
            return;
        }

        request.Warn($"existing pods in namespace \"{request.Name}\" violate the new PodSecurity enforce level \"{policy}\"");
        foreach (var line in found.Select(static group => $"{group.Min(StringComparer.Ordinal)}{Others(group.Count() - 1)}: {group.Key}").Order(StringComparer.Ordinal))
        {
            request.Warn(line);
        }
    }

    private static string Others(int count) => count switch
    {
        0 => "",
        1 => " (and 1 other pod)",
        _ => $" (and {count} other pods)",
    };

    private static Dictionary<string, string> LabelsOf(JsonObject target) => target.Object("metadata").Object("labels").Entries().ToDictionary(StringComparer.Ordinal);

    // The object with metadata and spec of a pod in it.
    private static JsonObject? TemplateOf(KindInfo kind, JsonObject target)
    {
        if (kind == PodTemplate.Info)
        {
            return target.Object("template");
        }

        if (kind == CronJob.Info)
        {
            return target.Object("spec").Object("jobTemplate").Object("spec").Object("template");
        }

        return kind == Deployment.Info || kind == ReplicaSet.Info || kind == StatefulSet.Info || kind == DaemonSet.Info || kind == Job.Info || kind == ReplicationController.Info
            ? target.Object("spec").Object("template")
            : null;
    }

    private static SecurityPod Read(JsonObject target)
    {
        var pod = ModelJson.Parse<PodTemplateSpec>(JsonBytes.Serialize(target));
        return new SecurityPod(pod.Metadata.Annotations, pod.Spec);
    }

    // A pod that runs may be labelled, finalized and so on in a namespace that has become stricter since.
    private static bool IsSignificant(JsonObject pod, JsonObject old) =>
        !JsonNode.DeepEquals(Essence(pod), Essence(old));

    private static JsonArray Essence(JsonObject pod)
    {
        var essence = new JsonArray();
        foreach (var list in (ReadOnlySpan<string>)["initContainers", "containers", "ephemeralContainers"])
        {
            foreach (var (container, _) in pod.Object("spec").Objects(list))
            {
                essence.Add((JsonNode)JsonValue.Create($"{list} {container.TextOrEmpty("name")} {container.TextOrEmpty("image")}"));
            }
        }

        foreach (var (name, value) in pod.Object("metadata").Object("annotations").Entries().Where(static entry => entry.Key.Contains("seccomp.security.alpha.kubernetes.io/", StringComparison.Ordinal)))
        {
            essence.Add((JsonNode)JsonValue.Create($"{name}={value}"));
        }

        return essence;
    }
}
