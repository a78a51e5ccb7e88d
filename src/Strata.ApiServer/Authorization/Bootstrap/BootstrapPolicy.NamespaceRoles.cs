namespace Strata.ApiServer.Authorization.Bootstrap;

internal static partial class BootstrapPolicy
{
    private const string NamespaceRoleText = """
        kube-system/extension-apiserver-authentication-reader binding=system::extension-apiserver-authentication-reader
         get list watch @core configmaps #extension-apiserver-authentication
         to user:system:kube-controller-manager user:system:kube-scheduler
        kube-system/system:controller:bootstrap-signer
         get list watch @core secrets
         to account:kube-system/bootstrap-signer
        kube-system/system:controller:cloud-provider
         create get list watch @core configmaps
         to account:kube-system/cloud-provider
        kube-system/system:controller:token-cleaner
         delete get list watch @core secrets
         @events
         to account:kube-system/token-cleaner
        kube-system/system::leader-locking-kube-controller-manager
         watch @core configmaps
         get update @core configmaps #kube-controller-manager
         create get list update watch @coordination.k8s.io leases
         to user:system:kube-controller-manager account:kube-system/kube-controller-manager account:kube-system/leader-election-controller
        kube-system/system::leader-locking-kube-scheduler
         watch @core configmaps
         get update @core configmaps #kube-scheduler
         to user:system:kube-scheduler account:kube-system/kube-scheduler
        kube-public/system:controller:bootstrap-signer
         get list watch @core configmaps
         update @core configmaps #cluster-info
         @events
         to account:kube-system/bootstrap-signer

        """;
}
