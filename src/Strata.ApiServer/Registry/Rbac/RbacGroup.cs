namespace Strata.ApiServer.Registry.Rbac;

internal static class RbacGroup
{
    /// <summary>The API group of roles and bindings, and what users and groups are said to be of in them.</summary>
    public const string Name = "rbac.authorization.k8s.io";
}
