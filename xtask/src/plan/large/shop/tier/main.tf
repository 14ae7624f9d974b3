variable "name" {
  type = string
}

variable "port" {
  type = number
}

variable "vpc_id" {
  type = string
}

variable "public_subnet_ids" {
  type = list(string)
}

variable "app_subnet_ids" {
  type = list(string)
}

resource "aws_security_group" "this" {
  for_each    = toset(["alb", "server"])
  name        = "${var.name}-${each.key}"
  description = each.key
  vpc_id      = var.vpc_id
}

resource "aws_vpc_security_group_ingress_rule" "alb" {
  security_group_id = aws_security_group.this["alb"].id
  ip_protocol       = "tcp"
  from_port         = 80
  to_port           = 80
  cidr_ipv4         = "0.0.0.0/0"
}

resource "aws_vpc_security_group_ingress_rule" "server" {
  security_group_id            = aws_security_group.this["server"].id
  ip_protocol                  = "tcp"
  from_port                    = var.port
  to_port                      = var.port
  referenced_security_group_id = aws_security_group.this["alb"].id
}

resource "aws_lb" "this" {
  name            = var.name
  internal        = false
  subnets         = var.public_subnet_ids
  security_groups = [aws_security_group.this["alb"].id]
}

resource "aws_lb_listener" "this" {
  load_balancer_arn = aws_lb.this.arn
  protocol          = "HTTP"
  port              = 80

  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.this.arn
  }
}

resource "aws_lb_target_group" "this" {
  name     = var.name
  vpc_id   = var.vpc_id
  protocol = "HTTP"
  port     = var.port
}

resource "aws_instance" "server" {
  count                  = 3
  ami                    = "ami-0123456789abcdef0"
  instance_type          = "m7i.large"
  subnet_id              = var.app_subnet_ids[count.index]
  vpc_security_group_ids = [aws_security_group.this["server"].id]
  tags                   = { Name = "${var.name}-${count.index}" }
}

resource "aws_lb_target_group_attachment" "server" {
  count            = 3
  target_group_arn = aws_lb_target_group.this.arn
  target_id        = aws_instance.server[count.index].id
}

output "dns_name" {
  value = aws_lb.this.dns_name
}
