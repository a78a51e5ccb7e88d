namespace Strata.ApiServer.Authorization.Bootstrap;

internal static partial class BootstrapPolicy
{
    private const string ControllerRoleText = """
        system:controller:attachdetach-controller
         list watch @core persistentvolumeclaims persistentvolumes
         get list watch @core nodes
         patch update @core nodes/status
         list watch @core pods
         @events
         create delete get list watch @storage.k8s.io volumeattachments
         get list watch @storage.k8s.io csidrivers
         get list watch @storage.k8s.io csinodes
         to account:kube-system/attachdetach-controller
        system:controller:certificate-controller
         delete get list watch @certificates.k8s.io certificatesigningrequests
         update @certificates.k8s.io certificatesigningrequests/approval certificatesigningrequests/status
         approve @certificates.k8s.io signers #kubernetes.io/kube-apiserver-client-kubelet
         sign @certificates.k8s.io signers #kubernetes.io/kube-apiserver-client #kubernetes.io/kube-apiserver-client-kubelet #kubernetes.io/kubelet-serving #kubernetes.io/legacy-unknown
         create @authorization.k8s.io subjectaccessreviews
         @events
         to account:kube-system/certificate-controller
        system:controller:clusterrole-aggregation-controller
         escalate get list patch update watch @rbac.authorization.k8s.io clusterroles
         to account:kube-system/clusterrole-aggregation-controller
        system:controller:cronjob-controller
         get list update watch @batch cronjobs
         create delete get list patch update watch @batch jobs
         update @batch cronjobs/status
         update @batch cronjobs/finalizers
         delete list @core pods
         @events
         to account:kube-system/cronjob-controller
        system:controller:daemon-set-controller
         get list watch @apps,extensions daemonsets
         update @apps,extensions daemonsets/status
         update @apps,extensions daemonsets/finalizers
         list watch @core nodes
         create delete list patch watch @core pods
         create @core pods/binding
         create delete get list patch update watch @apps controllerrevisions
         @events
         to account:kube-system/daemon-set-controller
        system:controller:deployment-controller
         get list update watch @apps,extensions deployments
         update @apps,extensions deployments/status
         update @apps,extensions deployments/finalizers
         create delete get list patch update watch @apps,extensions replicasets
         get list update watch @core pods
         @events
         to account:kube-system/deployment-controller
        system:controller:disruption-controller
         get list watch @apps,extensions deployments
         get list watch @apps,extensions replicasets
         get list watch @core replicationcontrollers
         get list watch @policy poddisruptionbudgets
         get list watch @apps statefulsets
         update @policy poddisruptionbudgets/status
         patch update @core pods/status
         get @* */scale
         @events
         to account:kube-system/disruption-controller
        system:controller:endpoint-controller
         get list watch @core pods services
         create delete get list update @core endpoints
         create @core endpoints/restricted
         @events
         to account:kube-system/endpoint-controller
        system:controller:endpointslice-controller
         get list watch @core nodes pods services
         update @core services/finalizers
         create delete get list update @discovery.k8s.io endpointslices
         @events
         to account:kube-system/endpointslice-controller
        system:controller:endpointslicemirroring-controller
         get list watch @core endpoints services
         update @core services/finalizers
         update @core endpoints/finalizers
         create delete get list update @discovery.k8s.io endpointslices
         @events
         to account:kube-system/endpointslicemirroring-controller
        system:controller:ephemeral-volume-controller
         get list watch @core pods
         update @core pods/finalizers
         create get list watch @core persistentvolumeclaims
         @events
         to account:kube-system/ephemeral-volume-controller
        system:controller:expand-controller
         get list patch update watch @core persistentvolumes
         patch update @core persistentvolumeclaims/status
         get list watch @core persistentvolumeclaims
         get list watch @storage.k8s.io storageclasses
         get @core endpoints services
         get @core secrets
         @events
         to account:kube-system/expand-controller
        system:controller:generic-garbage-collector
         delete get list patch update watch @* *
         @events
         to account:kube-system/generic-garbage-collector
        system:controller:horizontal-pod-autoscaler
         get list watch @autoscaling horizontalpodautoscalers
         update @autoscaling horizontalpodautoscalers/status
         get update @* */scale
         list @core pods
         list @metrics.k8s.io pods
         get list @custom.metrics.k8s.io *
         get list @external.metrics.k8s.io *
         @events
         to account:kube-system/horizontal-pod-autoscaler
        system:controller:job-controller
         get list patch update watch @batch jobs
         update @batch jobs/status
         update @batch jobs/finalizers
         create delete list patch watch @core pods
         @events
         to account:kube-system/job-controller
        system:controller:legacy-service-account-token-cleaner
         get @core configmaps #kube-apiserver-legacy-service-account-token-tracking
         delete patch @core secrets
         to account:kube-system/legacy-service-account-token-cleaner
        system:controller:namespace-controller
         delete get list watch @core namespaces
         update @core namespaces/finalize namespaces/status
         delete deletecollection get list @* *
         to account:kube-system/namespace-controller
        system:controller:node-controller
         delete get list patch update @core nodes
         patch update @core nodes/status
         patch update @core pods/status
         delete get list @core pods
         @events
         to account:kube-system/node-controller
        system:controller:persistent-volume-binder
         create delete get list update watch @core persistentvolumes
         update @core persistentvolumes/status
         get list update watch @core persistentvolumeclaims
         update @core persistentvolumeclaims/status
         create delete get list watch @core pods
         get list watch @storage.k8s.io storageclasses
         create delete get update @core endpoints
         create delete get @core services
         get @core secrets
         get list @core nodes
         watch @core events
         @events
         to account:kube-system/persistent-volume-binder
        system:controller:pod-garbage-collector
         delete list watch @core pods
         get list @core nodes
         patch @core pods/status
         to account:kube-system/pod-garbage-collector
        system:controller:pv-protection-controller
         get list update watch @core persistentvolumes
         @events
         to account:kube-system/pv-protection-controller
        system:controller:pvc-protection-controller
         get list update watch @core persistentvolumeclaims
         get list watch @core pods
         @events
         to account:kube-system/pvc-protection-controller
        system:controller:replicaset-controller
         get list update watch @apps,extensions replicasets
         update @apps,extensions replicasets/status
         update @apps,extensions replicasets/finalizers
         create delete list patch watch @core pods
         @events
         to account:kube-system/replicaset-controller
        system:controller:replication-controller
         get list update watch @core replicationcontrollers
         update @core replicationcontrollers/status
         update @core replicationcontrollers/finalizers
         create delete list patch watch @core pods
         @events
         to account:kube-system/replication-controller
        system:controller:resourcequota-controller
         list watch @* *
         update @core resourcequotas/status
         @events
         to account:kube-system/resourcequota-controller
        system:controller:root-ca-cert-publisher
         create update @core configmaps
         @events
         to account:kube-system/root-ca-cert-publisher
        system:controller:route-controller
         list watch @core nodes
         patch @core nodes/status
         @events
         to account:kube-system/route-controller
        system:controller:service-account-controller
         create @core serviceaccounts
         @events
         to account:kube-system/service-account-controller
        system:controller:service-controller
         get list watch @core services
         patch update @core services/status
         list watch @core nodes
         @events
         to account:kube-system/service-controller
        system:controller:statefulset-controller
         list watch @core pods
         get list watch @apps statefulsets
         update @apps statefulsets/status
         update @apps statefulsets/finalizers
         create delete get patch update @core pods
         create delete get list patch update watch @apps controllerrevisions
         create get @core persistentvolumeclaims
         @events
         delete update @core persistentvolumeclaims
         to account:kube-system/statefulset-controller
        system:controller:ttl-after-finished-controller
         delete get list watch @batch jobs
         @events
         to account:kube-system/ttl-after-finished-controller
        system:controller:ttl-controller
         list patch update watch @core nodes
         @events
         to account:kube-system/ttl-controller

        """;
}
