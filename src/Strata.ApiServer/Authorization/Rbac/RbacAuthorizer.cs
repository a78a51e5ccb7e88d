using Strata.Api.Models;
using Strata.ApiServer.Authentication;
using Strata.ApiServer.Cache;
using Strata.ApiServer.Registry;
using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.Authorization.Rbac;

/// <summary>Allows what roles and their bindings say (plugin/pkg/auth/authorizer/rbac). There are no rules that deny.</summary>
/// <remarks>Hot path. The index is made by the first request after a change: nobody has to be told of changes, and a decision is never older than the watch caches.
/// Two requests at that moment may both make it, which costs time once and harms nothing.</remarks>
internal sealed class RbacAuthorizer(ResourceRegistry registry) : IAuthorizer
{
    // Looked up at first use: admission, which every store needs, needs the authorizer.
    private readonly Lazy<ResourceStore> _roles = new(() => registry.Get(Role.Info));
    private readonly Lazy<ResourceStore> _bindings = new(() => registry.Get(RoleBinding.Info));
    private readonly Lazy<ResourceStore> _clusterRoles = new(() => registry.Get(ClusterRole.Info));
    private readonly Lazy<ResourceStore> _clusterBindings = new(() => registry.Get(ClusterRoleBinding.Info));

    private State _state = new(null, null, null, null, new RbacIndex([], [], [], []));

    public AuthorizationDecision Authorize(AuthorizationRequest request)
    {
        var index = Index();
        if (index.FindAllowing(request) is { } grant)
        {
            return new AuthorizationDecision(true, grant.Reason);
        }

        var problems = index.GrantsOf(request.User, request.Namespace).Select(static found => found.Problem).OfType<string>().Distinct(StringComparer.Ordinal).ToList();
        return new AuthorizationDecision(false, problems.Count switch
        {
            0 => "",
            1 => $"RBAC: {problems[0]}",
            _ => $"RBAC: [{string.Join(", ", problems)}]",
        });
    }

    public AccessRules RulesFor(UserIdentity user, string namespaceName)
    {
        var grants = Index().GrantsOf(user, namespaceName).ToList();
        var problem = string.Join(", ", grants.Select(static grant => grant.Problem).OfType<string>());
        return new AccessRules([.. grants.SelectMany(static grant => grant.Rules)], problem.Length == 0 ? null : problem);
    }

    /// <summary>The permissions as of now.</summary>
    public RbacIndex Index()
    {
        var state = Volatile.Read(ref _state);
        var (roles, bindings, clusterRoles, clusterBindings) = (_roles.Value.Cached, _bindings.Value.Cached, _clusterRoles.Value.Cached, _clusterBindings.Value.Cached);

        // A snapshot's map is the same instance until an object of the kind changes.
        if (ReferenceEquals(state.Roles, roles.Map) && ReferenceEquals(state.Bindings, bindings.Map)
            && ReferenceEquals(state.ClusterRoles, clusterRoles.Map) && ReferenceEquals(state.ClusterBindings, clusterBindings.Map))
        {
            return state.Index;
        }

        var index = new RbacIndex(Objects<Role>(roles), Objects<RoleBinding>(bindings), Objects<ClusterRole>(clusterRoles), Objects<ClusterRoleBinding>(clusterBindings));
        Volatile.Write(ref _state, new State(roles.Map, bindings.Map, clusterRoles.Map, clusterBindings.Map, index));
        return index;
    }

    private static IEnumerable<T> Objects<T>(CacheSnapshot snapshot)
        where T : class, IKubeObject<T> =>
        snapshot.All().Select(static entry => ServedObject.SharedOf(entry).As<T>());

    private sealed record State(EntryMap? Roles, EntryMap? Bindings, EntryMap? ClusterRoles, EntryMap? ClusterBindings, RbacIndex Index);
}
