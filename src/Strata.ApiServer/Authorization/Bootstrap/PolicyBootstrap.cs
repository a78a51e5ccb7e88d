using System.Text.Json.Nodes;
using Strata.Api.Errors;
using Strata.Api.Json;
using Strata.Api.Models;
using Strata.ApiServer.Authorization.Rbac;
using Strata.ApiServer.Registry;
using Strata.ApiServer.Registry.Generic;
using Strata.ApiServer.Registry.Rbac;

namespace Strata.ApiServer.Authorization.Bootstrap;

/// <summary>Makes the roles and bindings of a new cluster, and puts back at every start what is missing from them: users may add to them, and stop the putting back with the
/// annotation <c>autoupdate=false</c> (pkg/registry/rbac/reconciliation). Repeating it is harmless.</summary>
/// <remarks>The objects are written side by side, which the store gathers into few transactions; where nothing is missing, nothing is written.</remarks>
internal sealed class PolicyBootstrap(ResourceRegistry registry)
{
    /// <summary>Returns when the permissions hold.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await Task.WhenAll(BootstrapPolicy.Roles.SelectMany(role => Ensure(role, cancellationToken)));
        foreach (var kind in (KindInfo[])[Role.Info, RoleBinding.Info, ClusterRole.Info, ClusterRoleBinding.Info])
        {
            await registry.Get(kind).CatchUpAsync(cancellationToken);
        }
    }

    private IEnumerable<Task> Ensure(BootstrapRole role, CancellationToken cancellationToken)
    {
        var metadata = MetadataOf(role);
        yield return role.Namespace.Length > 0
            ? EnsureAsync(
                new Role { Metadata = metadata, Rules = role.Rules },
                known => MissingOf(known.Rules, role) is { Count: > 0 } missing ? known with { Rules = [.. known.Rules, .. missing] } : known, cancellationToken)
            : EnsureAsync(
                new ClusterRole { Metadata = metadata, Rules = role.Rules, AggregationRule = SumOf(role) },
                known => role.SumOf is not null
                    ? known.AggregationRule is null ? known with { AggregationRule = SumOf(role) } : known
                    : MissingOf(known.Rules, role) is { Count: > 0 } missing ? known with { Rules = [.. known.Rules, .. missing] } : known, cancellationToken);
        if (role.Subjects.Count == 0)
        {
            yield break;
        }

        var bindingMetadata = metadata with { Name = role.BindingName, Labels = Bootstrapping() };
        var reference = new RoleRef { ApiGroup = RbacGroup.Name, Kind = role.Namespace.Length > 0 ? "Role" : "ClusterRole", Name = role.Name };
        yield return role.Namespace.Length > 0
            ? EnsureAsync(
                new RoleBinding { Metadata = bindingMetadata, RoleRef = reference, Subjects = role.Subjects },
                known => role.Subjects.All(known.Subjects.Contains) ? known : known with { Subjects = [.. known.Subjects.Union(role.Subjects)] }, cancellationToken)
            : EnsureAsync(
                new ClusterRoleBinding { Metadata = bindingMetadata, RoleRef = reference, Subjects = role.Subjects },
                known => role.Subjects.All(known.Subjects.Contains) ? known : known with { Subjects = [.. known.Subjects.Union(role.Subjects)] }, cancellationToken);
    }

    private static IReadOnlyList<PolicyRule> MissingOf(IReadOnlyList<PolicyRule> known, BootstrapRole role) =>
    [
        .. RuleCoverage.Missing(RbacIndex.Compile(known), RbacIndex.Compile(role.Rules)).Select(static rule => new PolicyRule
        {
            Verbs = rule.Verbs, ApiGroups = rule.Groups, Resources = rule.Resources, ResourceNames = rule.Names, NonResourceURLs = rule.Paths,
        }),
    ];

    private static ObjectMeta MetadataOf(BootstrapRole role)
    {
        var labels = Bootstrapping();
        if (role.PartOf is { } sum)
        {
            labels[$"{RbacGroup.Name}/aggregate-to-{sum}"] = "true";
        }

        return new ObjectMeta
        {
            Name = role.Name,
            Namespace = role.Namespace,
            Labels = labels,
            Annotations = new Dictionary<string, string> { [BootstrapPolicy.AutoUpdate] = "true" },
        };
    }

    private static Dictionary<string, string> Bootstrapping() => new() { ["kubernetes.io/bootstrapping"] = "rbac-defaults" };

    private static AggregationRule? SumOf(BootstrapRole role) => role.SumOf is { } sum
        ? new AggregationRule
        {
            ClusterRoleSelectors = [new LabelSelector { MatchLabels = new Dictionary<string, string> { [$"{RbacGroup.Name}/aggregate-to-{sum}"] = "true" } }],
        }
        : null;

    /// <param name="repair">Adds what is missing; the same instance when nothing is. What users have added stays.</param>
    private async Task EnsureAsync<T>(T wanted, Func<T, T> repair, CancellationToken cancellationToken)
        where T : class, IKubeObject<T>
    {
        var store = registry.Get(T.Info);
        var key = wanted.Key();
        var known = store.FindCached(key)?.Shared.As<T>();
        if (known is null)
        {
            try
            {
                await store.CreateAsync(WriteContext.Server, key.Namespace, null, TreeOf(wanted), cancellationToken);
                return;
            }
            catch (ApiException taken) when (taken.IsAlreadyExists)
            {
                // Another server over the same store was faster; perhaps an older one, whose roles lack something.
                known = (await store.FindAsync(key, cancellationToken))?.Shared.As<T>();
            }
        }

        if (known is null || known.Metadata.Annotations.GetValueOrDefault(BootstrapPolicy.AutoUpdate) == "false" || ReferenceEquals(repair(known), known))
        {
            return;
        }

        await store.UpdateAsync(WriteContext.Server, key, "", WriteMode.Main, current => TreeOf(repair(ModelJson.Parse<T>(JsonBytes.Serialize(current)))), null, cancellationToken);
    }

    private static JsonObject TreeOf<T>(T source)
        where T : class, IKubeObject<T> =>
        StrictJson.Parse(ModelJson.Serialize(source), null).AsObject();
}
