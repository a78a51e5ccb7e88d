using System.Globalization;
using Strata.Api.Models;
using Strata.Controllers.Deployments;

namespace Strata.Controllers.Tests;

/// <summary>Builders of test objects.</summary>
internal static class Given
{
    public static readonly DateTimeOffset Now = new(2030, 1, 1, 12, 0, 0, TimeSpan.Zero);

    public static readonly PodTemplateSpec Template = new()
    {
        Metadata = new ObjectMeta { Labels = new Dictionary<string, string> { ["app"] = "web" } },
        Spec = new PodSpec { Containers = [new Container { Name = "main", Image = "web:1" }] },
    };

    /// <summary>A pod of the application <c>web</c>: running and ready for an hour on n1.</summary>
    public static Pod Pod(string name) => new()
    {
        Metadata = new ObjectMeta
        {
            Name = name, Namespace = "default", Uid = $"uid-{name}", Labels = new Dictionary<string, string> { ["app"] = "web" }, CreationTimestamp = Now.AddHours(-1),
        },
        Spec = new PodSpec { NodeName = "n1", Containers = [new Container { Name = "main", Image = "web:1" }] },
        Status = new PodStatus
        {
            Phase = "Running",
            PodIP = "10.0.0.1",
            Conditions = [new PodCondition { Type = "Ready", Status = "True", LastTransitionTime = Now.AddHours(-1) }],
        },
    };

    public static ReplicaSet ReplicaSet(string name, int replicas, int available = -1) => new()
    {
        Metadata = new ObjectMeta { Name = name, Namespace = "default", Uid = $"uid-{name}", Generation = 1, CreationTimestamp = Now.AddHours(-1) },
        Spec = new ReplicaSetSpec { Replicas = replicas, Selector = new LabelSelector { MatchLabels = Template.Metadata.Labels }, Template = Template },
        Status = new ReplicaSetStatus
        {
            Replicas = replicas, ReadyReplicas = available < 0 ? replicas : available, AvailableReplicas = available < 0 ? replicas : available, ObservedGeneration = 1,
        },
    };

    public static Deployment Deployment(int replicas, IntOrString? maxSurge = null, IntOrString? maxUnavailable = null) => new()
    {
        Metadata = new ObjectMeta { Name = "web", Namespace = "default", Uid = "uid-web", Generation = 1 },
        Spec = new DeploymentSpec
        {
            Replicas = replicas,
            ProgressDeadlineSeconds = 600,
            Selector = new LabelSelector { MatchLabels = Template.Metadata.Labels },
            Template = Template,
            Strategy = new DeploymentStrategy { Type = "RollingUpdate", RollingUpdate = new RollingUpdateDeployment { MaxSurge = maxSurge ?? "25%", MaxUnavailable = maxUnavailable ?? "25%" } },
        },
    };

    public static Deployment Recreating(this Deployment deployment) => deployment with { Spec = deployment.Spec with { Strategy = new DeploymentStrategy { Type = "Recreate" } } };

    public static Deployment Paused(this Deployment deployment, bool isPaused = true) => deployment with { Spec = deployment.Spec with { Paused = isPaused } };

    /// <summary>Notes the sizes on a ReplicaSet as the Deployment controller does.</summary>
    public static ReplicaSet Noting(this ReplicaSet set, int desired, int most) => set with
    {
        Metadata = set.Metadata with
        {
            Annotations = new Dictionary<string, string>(set.Metadata.Annotations)
            {
                [DeploymentNames.DesiredReplicas] = desired.ToString(CultureInfo.InvariantCulture),
                [DeploymentNames.MaxReplicas] = most.ToString(CultureInfo.InvariantCulture),
            },
        },
    };

    public static ReplicaSet Aged(this ReplicaSet set, TimeSpan age) => set with { Metadata = set.Metadata with { CreationTimestamp = Now - age } };

    public static Pod On(this Pod pod, string node) => pod with { Spec = pod.Spec with { NodeName = node } };

    public static Pod In(this Pod pod, string phase) => pod with { Status = pod.Status with { Phase = phase } };

    public static Pod At(this Pod pod, string address) => pod with { Status = pod.Status with { PodIP = address } };

    public static Pod Deleting(this Pod pod) => pod with { Metadata = pod.Metadata with { DeletionTimestamp = Now } };

    public static Pod Unready(this Pod pod) => pod with { Status = pod.Status with { Conditions = [new PodCondition { Type = "Ready", Status = "False", LastTransitionTime = Now }] } };

    public static Pod ReadyFor(this Pod pod, TimeSpan time) =>
        pod with { Status = pod.Status with { Conditions = [new PodCondition { Type = "Ready", Status = "True", LastTransitionTime = Now - time }] } };

    public static Pod Aged(this Pod pod, TimeSpan age) => pod with { Metadata = pod.Metadata with { CreationTimestamp = Now - age } };

    public static Pod Restarted(this Pod pod, int count) => pod with { Status = pod.Status with { ContainerStatuses = [new ContainerStatus { Name = "main", RestartCount = count }] } };

    public static Pod Annotated(this Pod pod, string key, string value) => pod with { Metadata = pod.Metadata with { Annotations = new Dictionary<string, string> { [key] = value } } };

    public static Pod Tolerating(this Pod pod, string key, string effect = "", long? seconds = null) =>
        pod with { Spec = pod.Spec with { Tolerations = [.. pod.Spec.Tolerations, new Toleration { Key = key, Operator = "Exists", Effect = effect, TolerationSeconds = seconds }] } };
}
